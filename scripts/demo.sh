#!/usr/bin/env bash
# The tour: a throwaway SFTP server and a sandbox shop on this machine, and stock and price files as an ERP would drop them.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${TALLYMAN_BIN:-$(swift build --show-bin-path)}
stage=$PWD/.demo
rm -rf "$stage"
mkdir -p "$stage"/{ssh,erp/out/stock,erp/out/prices,erp/out/despatches,erp/out/credits,erp/out/archive,erp/in/orders,erp/in/cancelled,erp/in/acks,settings/secrets}
chmod 700 "$stage" "$stage/settings/secrets"
background=()
finish() {
  for process in "${background[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
}
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
await() { # what, command...: until it succeeds
  local what=$1; shift
  for _ in $(seq 1 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
  echo "$what did not start" >&2; exit 1
}
title() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# The ERP's SFTP server. DEMO_HOST_KEY=rsa: one that has an RSA host key only and an account with an RSA user key.
host_key=${DEMO_HOST_KEY:-ed25519}
case $host_key in
  ed25519) transport=libssh2 ;;
  rsa) transport=openssh ;;
  *) echo "DEMO_HOST_KEY is ed25519 or rsa, not $host_key" >&2; exit 2 ;;
esac
identity=id_$host_key
ssh-keygen -q -t "$host_key" -N '' -f "$stage/ssh/host"
ssh-keygen -q -t "$host_key" -N '' -f "$stage/settings/secrets/$identity"
cp "$stage/settings/secrets/$identity.pub" "$stage/ssh/authorized_keys"
sftp_port=$(free_port)
cat > "$stage/ssh/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $sftp_port
HostKey $stage/ssh/host
PidFile none
AuthorizedKeysFile $stage/ssh/authorized_keys
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d $stage/erp
CONFIG
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
"$(command -v sshd || echo /usr/sbin/sshd)" -D -f "$stage/ssh/sshd_config" -E "$stage/ssh/log" &
background+=($!)
await "the SFTP server" bash -c "exec 3<>/dev/tcp/127.0.0.1/$sftp_port"

# The shop.
shop_port=$(free_port)
"$bin/magento-sandbox" --port "$shop_port" --seed demo --control > "$stage/shop.txt" &
background+=($!)
await "the sandbox shop" grep -q MAGENTO_ACCESS_TOKEN_SECRET "$stage/shop.txt"
export $(grep -o 'MAGENTO_[A-Z_]*=[^ ]*' "$stage/shop.txt")

fingerprint=$(ssh-keygen -lf "$stage/ssh/host.pub" | awk '{print $2}')
cat > "$stage/settings/tallyman.yaml" <<YAML
shop: demo
timezone: Europe/London
state: $stage/state

magento:
  url: http://127.0.0.1:$shop_port
  oauth1:
    consumer_key: {env: MAGENTO_CONSUMER_KEY}
    consumer_secret: {env: MAGENTO_CONSUMER_SECRET}
    access_token: {env: MAGENTO_ACCESS_TOKEN}
    access_token_secret: {env: MAGENTO_ACCESS_TOKEN_SECRET}

endpoints:
  erp:
    sftp: {host: 127.0.0.1, port: $sftp_port, user: $(id -un), identity: {file: $identity}, host_keys: ["$fingerprint"], transport: $transport}

flows:
  stock:
    pull: {endpoint: erp, folder: out/stock, files: "STOCK_*.csv", settle: 1s, then: {move: out/archive}}
    profile: sage50/stock
    mode: full
    stock:
      warehouses: {LDS: main, NCL: north}
      ignore: [TRADE]
      buffer: {units: 2, percent: 5}
    gates: {row_drop: 20%, to_zero: 10%}
  prices:
    pull: {endpoint: erp, folder: out/prices, files: "PRICES_*.csv", settle: 1s, then: {move: out/archive}}
    profile: sage50/product-list
    mode: full
    prices: {limits: {jump: 25%}, guest_check: {settle: 0s, canaries: [CAFE-TBL-60]}}
  orders:
    push: {endpoint: erp, folder: in/orders, name: "ORD_{batch}.csv", acknowledge: {file: "in/acks/{name}.ack", within: 30m}}
    profile: generic/orders
    select: {states: {checkmo: new, "*": processing}}
    orders:
      accounts: {guest: WEB}
      shipping: {flatrate_flatrate: DPD-ND}
  cancelled:
    push: {endpoint: erp, folder: in/cancelled, name: "CAN_{batch}.csv", acknowledge: {file: "in/acks/{name}.ack", within: 30m}}
    profile: generic/order-cancellations
    order_cancellations: {orders: orders}
  despatches:
    pull: {endpoint: erp, folder: out/despatches, files: "DESP_*.csv", settle: 1s, then: {move: out/archive}}
    profile: sage50/despatches
    despatches: {warehouses: {LDS: main, NCL: north}, carriers: {DPD: dpd}}
  credits:
    pull: {endpoint: erp, folder: out/credits, files: "CREDIT_*.csv", settle: 1s, then: {move: out/archive}}
    profile: sage50/credit-notes
    credits: {lines: sku}
YAML
export TALLYMAN_SETTINGS=$stage/settings/tallyman.yaml
tallyman=$bin/tallyman
expect() { # exit code, command...
  local wanted=$1 code=0; shift
  "$@" || code=$?
  [ "$code" -eq "$wanted" ] || { echo "expected exit code $wanted, got $code: $*" >&2; exit 1; }
}

title "The settings are good, and everything is reachable"
expect 0 "$tallyman" lint
expect 0 "$tallyman" doctor

title "Run 1: the ERP drops a stock file; it is fetched, compared and applied"
cp Fixtures/demo/stock-1.csv "$stage/erp/out/stock/STOCK_1.csv"
expect 0 "$tallyman" run stock

title "Run 2: the same content comes again under another name"
cp Fixtures/demo/stock-1.csv "$stage/erp/out/stock/STOCK_1_again.csv"
expect 0 "$tallyman" run stock

title "Run 3: a file with bad rows; the rest of it is applied"
cp Fixtures/demo/stock-3.csv "$stage/erp/out/stock/STOCK_3.csv"
expect 3 "$tallyman" run stock
title "The error queue says what, why and how to mend it"
expect 0 "$tallyman" errors
title "One is mended and retried"
expect 0 "$tallyman" errors edit 1 --line '00473-BLK,"Butt hinge 100 mm, black",LDS,120.00,4.00,4.49,21/11/2026'
expect 0 "$tallyman" errors retry 1
title "Why does the shop show this figure?"
expect 0 "$tallyman" why CAFE-TBL-60

title "Run 4: a file that was cut off; a gate holds it and nothing reaches the shop"
cp Fixtures/demo/stock-4-cut.csv "$stage/erp/out/stock/STOCK_4.csv"
expect 4 "$tallyman" run stock

title "Run 5: a price list; one product goes first, and the shop is looked at as a guest before the rest"
cp Fixtures/demo/prices-5.csv "$stage/erp/out/prices/PRICES_5.csv"
expect 0 "$tallyman" run prices

title "Run 6: a list with a slipped decimal point; it is held, looked at and discarded"
cp Fixtures/demo/prices-6-slipped.csv "$stage/erp/out/prices/PRICES_6.csv"
expect 4 "$tallyman" run prices
expect 0 "$tallyman" discard 7

title "The first list was the wrong one after all: every price is put back"
expect 0 "$tallyman" rollback 6
expect 0 "$tallyman" why CAFE-TBL-60 --entity prices

title "Two customers place orders; both leave in one file, once"
place() { curl -sf -X POST "http://127.0.0.1:$shop_port/__sandbox/orders" -d "$1" >/dev/null; }
place '{"increment_id": "000000101", "items": [{"sku": "CAFE-TBL-60", "qty": 2, "price": 89.5, "discount_percent": 10}], "tax_percent": 20}'
place '{"increment_id": "000000102", "items": [{"sku": "CAFE-CHR-OAK", "qty": 4, "price": 62.5}], "tax_percent": 20, "billing": {"lastname": "=cmd|x, \"Ltd\""}}'
expect 0 "$tallyman" run orders
expect 0 "$tallyman" run orders
title "The ERP answers; it calls one of them SO-1, and does not take the other"
printf '000000101,SO-1\n000000102,,REJECTED,the account is on stop\n' > "$stage/erp/in/acks/ORD_000001.csv.ack"
expect 3 "$tallyman" run orders
expect 0 "$tallyman" why 000000101

title "Its money has come in; the ERP despatches in two parts, and each becomes one shipment, though the first is told twice"
curl -sf -X POST "http://127.0.0.1:$shop_port/__sandbox/invoices" -d '{"order": "000000101"}' >/dev/null
despatch() { # name, note, consignment
  printf 'GDN Number,Date,Customer Order No,Stock Code,Description,Qty Despatched,Depot,Courier,Consignment No\r\n%s,21/11/2026,000000101,CAFE-TBL-60,Cafe table,1.00,LDS,DPD,%s\r\n' "$2" "$3" > "$stage/erp/out/despatches/$1.csv"
}
despatch DESP_1 1001 15501234567890
expect 0 "$tallyman" run despatches
despatch DESP_2 1002 15501234567906
expect 0 "$tallyman" run despatches
despatch DESP_1_again 1001 15501234567890
expect 0 "$tallyman" run despatches
title "One table came back damaged: a credit note"
printf 'Credit No,Date,Customer Order No,Stock Code,Qty,Carriage Net,Restock,Reason\r\nCR204,21/11/2026,000000101,CAFE-TBL-60,1.00,0.00,N,Damaged\r\n' > "$stage/erp/out/credits/CREDIT_1.csv"
expect 0 "$tallyman" run credits
title "What the shop holds of it"
curl -sf "http://127.0.0.1:$shop_port/__sandbox/journal" | python3 -c '
import json, sys
effects = [item["key"] for entry in json.load(sys.stdin) for item in entry.get("items", []) if item["key"].startswith("order:000000101/")]
shipments, memos = (sum(key.split("/")[1].startswith(kind) and "notification" not in key for key in effects) for kind in ("shipment", "credit memo"))
print(f"order 000000101: {shipments} shipments, {memos} credit memo")
sys.exit((shipments, memos) != (2, 1))'
expect 0 "$tallyman" run orders

title "A customer cancels before the ERP has answered; the cancellation leaves once, and the order is cancelled in both systems"
place '{"increment_id": "000000103", "items": [{"sku": "CAFE-CHR-OAK", "qty": 1, "price": 62.5}], "tax_percent": 20}'
expect 0 "$tallyman" run orders
admin=$(curl -sf -X POST "http://127.0.0.1:$shop_port/rest/V1/integration/admin/token" -H 'Content-Type: application/json' \
  -d '{"username": "admin", "password": "sandbox-admin-1"}' | tr -d '"')
curl -sf -X POST "http://127.0.0.1:$shop_port/rest/V1/orders/3/cancel" -H "Authorization: Bearer $admin" >/dev/null
expect 0 "$tallyman" run cancelled
expect 0 "$tallyman" run cancelled
grep -h 000000103 "$stage"/erp/in/cancelled/*.csv
printf '000000103,SO-3\n' > "$stage/erp/in/acks/CAN_000001.csv.ack"
expect 0 "$tallyman" run cancelled
expect 0 "$tallyman" why 000000103

title "The tallies"
expect 0 "$tallyman" runs
expect 0 "$tallyman" status
cat <<WHERE

Where everything lies:
  settings      $TALLYMAN_SETTINGS
  ledger        $stage/state/ledger.db
  files held    $stage/state/spool
  reject files  $stage/state/rejects
  ERP's folder  $stage/erp/out   (archive: files that are done)

Decide about the held run with:
  TALLYMAN_SETTINGS=$TALLYMAN_SETTINGS $tallyman show 5
WHERE
