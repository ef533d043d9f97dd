#!/usr/bin/env bash
# Plays the demo, then serves its shop and the operators' console on this machine, and says what to try. Ends with Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "Playing the demo first (its output: .demo.log) ..."
source scripts/demo.sh > .demo.log
mv .demo.log "$stage/demo.log"

# A service carries out at once what is ordered in the console; it needs a schedule.
console_port=${CONSOLE_PORT:-$(free_port)}
sed -i "s|^    profile: sage50/stock$|    profile: sage50/stock\n    schedule: \"every 1h\"|" "$TALLYMAN_SETTINGS"
# Mails are files here; they link into the console.
printf 'console: {url: "http://127.0.0.1:%s"}\nowner: clerk@demo.example\nmail: {folder: %s, from: tallyman@demo.example}\n' "$console_port" "$stage/mail" >> "$TALLYMAN_SETTINGS"
cat > "$stage/settings/console.yaml" <<YAML
listen: 127.0.0.1:$console_port
shops: [tallyman.yaml]
state: $stage/console
second_factor: off
four_eyes: true
YAML
export TALLYMAN_CONSOLE=$stage/settings/console.yaml

# A night's work for whoever opens it: figures that cannot be read, a warehouse that the settings do not name, and a file that was cut off.
sed -e 's/,185\.00,/,18S.00,/' -e 's/,1150\.00,/,115O.00,/' -e 's/,88\.00,/,8B.00,/' -e 's/,420\.00,/,42O.00,/' -e 's/,158\.00,/,15B.00,/' -e '24s/,NCL,/,MCR,/' Fixtures/demo/stock-1.csv > "$stage/erp/out/stock/STOCK_6.csv"
"$tallyman" run stock >> "$stage/demo.log" || true
cp Fixtures/demo/stock-4-cut.csv "$stage/erp/out/stock/STOCK_7.csv"
"$tallyman" run stock >> "$stage/demo.log" || true

# A file with a name of an enemy, and nothing in it: pages show both as text.
: > "$stage/erp/out/stock/STOCK_<img src=x onerror=alert(1)>.csv"
"$tallyman" run stock >> "$stage/demo.log" || true

"$tallyman" serve > "$stage/serve.log" 2>&1 &
background+=($!)
password=$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')-quiet-harbour-lamp
link=$(printf '%s' "$password" | "$tallyman" user add clerk --admin --role approver --people --password-file - --sign-in-link | tail -1)
# Whoever else works here, with the same password: a viewer, an operator, and a second approver, because four eyes are asked for.
for person in vera:viewer otto:operator dora:approver; do
  printf '%s' "$password" | "$tallyman" user add "${person%%:*}" --role "${person##*:}" --password-file - >> "$stage/demo.log"
done
env -u MAGENTO_CONSUMER_KEY -u MAGENTO_CONSUMER_SECRET -u MAGENTO_ACCESS_TOKEN -u MAGENTO_ACCESS_TOKEN_SECRET \
  "$tallyman" console --training > "$stage/console.log" 2>&1 &
background+=($!)
await "the console" grep -q "console at" "$stage/console.log"
cat <<TRY

The console is at http://127.0.0.1:$console_port. Open this link; it is good once:

  $link

Later you can sign in as clerk, password $password

Mails are written to $stage/mail; their links lead here.

What to try (the page "Training" ticks it off):
  1. Errors: open one, put its cell right, and choose "Save and retry". The service applies it within seconds.
  2. Held plans: look at the cut-off file, and discard it with a reason.
  3. Schedule: bring a price list by hand (Fixtures/demo/prices-6-slipped.csv). It is held; sign in as dora to approve it, and take it back again.
  4. Find: CAFE-TBL-60, and the order 000000101.

Ctrl-C ends it all.
TRY
trap 'exit 0' INT TERM
wait
