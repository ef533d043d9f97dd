#!/usr/bin/env bash
# Plays the upgrade page from an older package to the one in .build/deb, under a running service in a fresh Debian 12, and the way back:
# PREVIOUS=tallyman_OLD_amd64.deb scripts/upgrade.sh. It needs root and namespaces; nothing of the machine is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(ls .build/deb/tallyman_*.deb 2>/dev/null | head -1)
[ -n "$package" ] || { echo "upgrade: there is no package; scripts/deb.sh makes it" >&2; exit 2; }
[ -e "${PREVIOUS:-}" ] || { echo "upgrade: PREVIOUS=FILE names the package of before" >&2; exit 2; }
. scripts/machine.sh
cp "$PREVIOUS" "$root/before.deb"
# apt compares versions: two packages of one version are told apart by a suffix.
dpkg-deb -R "$package" "$root/next"
sed -i 's/^Version: .*/&+next/' "$root/next/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -b "$root/next" "$root/next.deb" >/dev/null
rm -rf "$root/next"

inside apt-get update -qq
install_package() { inside apt-get install -y -qq --no-install-recommends --allow-downgrades "$@"; }
check "the package of before installs" install_package /before.deb
place_shop
cat >>"$root/etc/tallyman/shop.yaml" <<SETTINGS
  orders:
    push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", acknowledge: {file: "acks/{name}.ack", within: 30m}}
    profile: generic/orders
    select: {states: {checkmo: new, "*": processing}}
    orders: {accounts: {guest: WEB}, shipping: {flatrate_flatrate: DPD-ND}}
  despatches:
    pull: {endpoint: erp, folder: desp, files: "*.csv", settle: 0s, then: {move: archive}}
    profile: sage50/despatches
    despatches: {warehouses: {LDS: main, NCL: north}, carriers: {DPD: dpd}}
SETTINGS
for folder in in acks desp; do inside install -d -o tallyman -g tallyman "$erp/$folder"; done
shop() { .build/deb/tallyman-sandbox/usr/bin/magento-sandbox "$@" --port "$port"; }
port=$(sed -n 's/.*ready at .*:\([0-9]*\)$/\1/p' "$root/shop.txt")
tallyman() { inside runuser -u tallyman -- tallyman "$@" --settings /etc/tallyman/shop.yaml; }
stock_runs() { [ "$(tallyman runs --flow stock --json | grep -c '"state" : "finished"')" -ge "$1" ]; } # at least so many are done
content() { tallyman doctor && tallyman status; }
restarted() { [ "$(property MainPID)" != "$main" ] && is ActiveState active; }
refuses_newer() { ! tallyman status >"$root/refused.txt" 2>&1 && grep -q LEDGER-NEWER "$root/refused.txt"; }
adopts() { tallyman reconcile stock --adopt || [ $? -eq 3 ]; }
file() { inside install -o tallyman -g tallyman -m 644 /given "$erp/$1"; } # from $root/given
order() { # number, ERP number: placed, left and answered
  shop place 00472-BLK --quantity 2 --number "$1" && tallyman run orders && tallyman consignments >"$root/consignments.txt" || return 1
  printf '%s,%s\n' "$1" "$2" >"$root/given"
  file "acks/$(grep -o 'ORD_[0-9]*.csv' "$root/consignments.txt" | sort | tail -1).ack"
  tallyman run orders && shop invoice "$1"
}
despatch_file() { # number, name
  sed "s/000000101/$1/; s/^1001/1$1/; s/15501234567890/155$1/" Schemas/examples/quickstart/samples/DESPATCH_1.csv >"$root/given"
  file "$2"
}
despatch() { despatch_file "$1" "desp/DESPATCH_$1.csv" && tallyman run despatches; } # number
writes() { # what: how often the shop changed something by it
  { curl -s "http://127.0.0.1:$port/__sandbox/journal" | grep -o "/$1\", *\"event\": *\"committed\"" || true; } | wc -l
}
lefts() { cat "$root$erp"/in/ORD_*.csv | grep -c "$1" || true; } # lines of an order in the ERP's folder

inside systemctl start "$unit"
drop one 41
check "it applies a file" until_true 900 says "run 1 finished"
check "an order leaves and is answered" order 000000101 SO-1
check "and is despatched" despatch 000000101
ships=$(writes ship)
check "by one call ($ships)" [ "$ships" -eq 1 ]
main=$(property MainPID)

echo "upgrade: $(tallyman --version | head -1), then the new package over the running service"
check "the new package installs over the running service" install_package /next.deb
check "which is restarted with it" until_true 250 restarted
check "doctor and status are content" content
kept=$(inside sh -c 'ls /var/lib/tallyman/shop/ledger.db.schema-* 2>/dev/null' | tail -1)
echo "upgrade: the ledger of before is ${kept:-as it was, the schema is the same}"
drop two 42
check "a new file is applied" until_true 900 stock_runs 2
tallyman run orders
check "nothing leaves a second time" [ "$(lefts 000000101)" -eq 1 ]
despatch_file 000000101 desp/AGAIN.csv
check "the despatch file that was read before is not taken again" tallyman run despatches
check "and nothing is shipped twice" [ "$(writes ship)" -eq "$ships" ]
check "another order leaves, is answered" order 000000102 SO-2
check "and despatched" despatch 000000102
check "by one call more" [ "$(writes ship)" -eq $((ships + 1)) ]

# The way back, by the page.
[ -z "$kept" ] || tallyman restore --check "$kept" >"$root/forgotten.txt"
[ -z "$kept" ] || check "the new version says what the ledger of before does not know" grep -q "tallyman run stock --file" "$root/forgotten.txt"
inside systemctl stop "$unit"
check "the package of before is put back" install_package /before.deb
if [ -n "$kept" ]; then
  check "it refuses the ledger of the new one, and changes nothing" refuses_newer
  check "the ledger of before is restored" tallyman restore "$kept"
  check "it is told what the shop holds now" adopts
  # What leaves is looked at before it does.
  sed -i 's/^    profile: generic\/orders/&\n    approve: always/' "$root/etc/tallyman/shop.yaml"
  tallyman run orders >"$root/back.txt" 2>&1 || true
  cat "$root/back.txt"
  grep '^  tallyman run' "$root/forgotten.txt" | while read -r line; do inside runuser -u tallyman -- sh -c "$line --settings /etc/tallyman/shop.yaml" </dev/null || true; done
fi
runs=$(tallyman runs --flow stock --json | grep -c '"state" : "finished"')
inside systemctl start "$unit"
drop three 43
check "the version of before goes on" until_true 900 stock_runs "$((runs + 1))"
check "nothing was shipped twice on the way" [ "$(writes ship)" -eq $((ships + 1)) ]
for number in 000000101 000000102; do check "order $number stands in the ERP's folder once" [ "$(lefts $number)" -eq 1 ]; done
check "and no document is in the shop twice" tallyman doubles
exit "$failed"
