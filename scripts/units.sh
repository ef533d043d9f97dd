#!/usr/bin/env bash
# Starts the units of the package under a systemd of their own, in a fresh Debian 12 below .build: notify, credentials, restart, reload, stop, timer, purge.
# It needs root and namespaces; nothing of the machine is touched. `scripts/deb.sh` makes the package first.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(ls .build/deb/tallyman_*.deb 2>/dev/null | head -1)
sandbox=$(ls .build/deb/tallyman-sandbox_*.deb 2>/dev/null | head -1)
[ -n "$package" ] || { echo "units: there is no package; scripts/deb.sh makes it" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] && unshare --mount --pid --fork true 2>/dev/null || { echo "units: not started here: root and namespaces are needed" >&2; exit 0; }
dpkg-query -W -f='${Status}' debootstrap 2>/dev/null | grep -q 'install ok installed' || {
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
}

base=$PWD/.build/units/base
if [ ! -e "$base/made" ]; then
  rm -rf "$base" && mkdir -p "$base"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,tzdata,ca-certificates bookworm "$base" http://deb.debian.org/debian >"$base.log" 2>&1 \
    || { tail -3 "$base.log" >&2; exit 1; }
  touch "$base/made"
fi

root=$(mktemp -d /tmp/tallyman-units-XXXXXX)
machine='' shop=''
end() { [ -z "$shop" ] || kill "$shop" 2>/dev/null || true; [ -z "$machine" ] || kill -9 "$machine" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf --one-file-system "$root"; }
trap end EXIT
cp -a "$base/." "$root/"
cp "$package" "$root/tallyman.deb"
cp "$sandbox" "$root/tallyman-sandbox.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# A machine's start, as far as systemd needs it: kernel file systems, a few devices, and cgroups of its own.
cat >"$root/boot.sh" <<'BOOT'
set -e
mount --make-rprivate /
mount --bind "$1" "$1" && cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
for place in run dev dev/shm; do mkdir -p "$place" && mount -t tmpfs -o mode=755 tmpfs "$place"; done
for device in null zero full random urandom tty; do touch "dev/$device" && mount --bind "/dev/$device" "dev/$device"; done
mkdir -p dev/pts && mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts && ln -s pts/ptmx dev/ptmx
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup && mkdir sys/fs/cgroup/systemd && mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
mkdir -p .old && pivot_root . .old
exec env -i container=tallyman PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/sh -c 'umount -l /.old; mount --make-rshared /; exec /lib/systemd/systemd --system --log-target=console'
BOOT
unshare --mount --pid --fork --uts --ipc --cgroup --kill-child=KILL sh "$root/boot.sh" "$root" </dev/null >"$root.log" 2>&1 &
machine=$!
inside() { nsenter --target "$init" --mount --pid --uts --ipc "$@"; }
# What is asked for comes by itself; `tries` tenths of a second are waited for it.
until_true() { local tries=$1; shift; while ! "$@" >/dev/null 2>&1; do tries=$((tries - 1)); [ "$tries" -gt 0 ] || return 1; sleep 0.1; done; }
init=''
started() { init=$(pgrep -P "$machine") && [[ $(inside systemctl is-system-running 2>/dev/null) =~ ^(running|degraded)$ ]]; }
until_true 300 started || { echo "units: systemd does not start here:" >&2; tail -5 "$root.log" >&2; rm -f "$root.log"; exit 0; }
rm -f "$root.log"

failed=0
check() { local text=$1; shift; if "$@" >/dev/null 2>&1; then echo "units: $text"; else echo "units: NOT: $text" >&2; failed=1; fi; }
unit=tallyman@shop.service
property() { inside systemctl show -p "$1" --value "${2:-$unit}"; }
is() { [ "$(property "$1" "${3:-$unit}")" = "$2" ]; }
says() { inside journalctl -q -u "$unit" --no-pager | grep -qF "$1"; }

inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tallyman.deb >"$root/installed.txt" 2>&1
check "the package installs, with what it depends on" inside dpkg -s tallyman
check "it says what to do next" grep -q "first steps: /usr/share/doc/tallyman/docs/quickstart.md" "$root/installed.txt"
check "every installed file is as it was packed" sh -c "[ -z \"\$(nsenter --target $init --mount --pid dpkg -V tallyman)\" ]"
check "the sandbox installs beside it" inside apt-get install -y -qq --no-install-recommends /tallyman-sandbox.deb

# A newcomer: the commands of the quick start as its installed page has them, typed by an ordinary user.
inside useradd -m newcomer
page=$root/usr/share/doc/tallyman/docs/quickstart.md
{
  echo 'cd'
  awk '/^```/ { on = ($0 == "```console") } on && /^\$ / { print substr($0, 3); printed = 1 } on && /^> / { print substr($0, 3) }' "$page" |
    while IFS= read -r line; do
      printf "echo; printf '%%s\\n' %q\n%s\n" "\$ $line" "$line"
      case $line in *'&') echo 'until grep -qs "admin user" shop.txt; do sleep 0.1; done';; esac
    done
} >"$root/home/newcomer/typed.sh"
inside runuser -l newcomer -c 'bash typed.sh' >"$root/quickstart.txt" 2>&1 || true
check "the quick start can be typed from the package's own page: a file is applied" grep -q "^run 2 · stock · STOCK_1.csv · finished" "$root/quickstart.txt"
check "a record is mended" grep -q "^  stock: 2 read = 2 applied" "$root/quickstart.txt"
check "a held plan is approved" grep -q "^run 5 · stock · STOCK_3.csv · finished" "$root/quickstart.txt"
check "an order leaves and is despatched" grep -q "^run 8 · despatches · DESPATCH_1.csv · finished" "$root/quickstart.txt"
check "mails are written" grep -q "^0001-" "$root/quickstart.txt"
mkdir -p .build/units && sed 's/[0-9a-f]\{14,16\}\.eml/….eml/; s/[0-9-]*T[0-9:.]*Z/…/g' "$root/quickstart.txt" >.build/units/quickstart.txt
check "the units are well formed" inside systemd-analyze verify --man=no /usr/lib/systemd/system/tallyman@.service /usr/lib/systemd/system/tallyman-run@.timer /usr/lib/systemd/system/tallyman-act@.path /usr/lib/systemd/system/tallyman-console.service

.build/deb/tallyman-sandbox/usr/bin/magento-sandbox --port 0 >"$root/shop.txt" 2>&1 &
shop=$!
until_true 100 grep -q MAGENTO_ACCESS_TOKEN_SECRET "$root/shop.txt"
secrets=$root/etc/tallyman/shop.secrets
erp=/var/lib/tallyman/shop/erp
mkdir -m 700 "$secrets"
for name in consumer_key consumer_secret access_token access_token_secret; do
  sed -n "s/^ *MAGENTO_${name^^}=//p" "$root/shop.txt" >"$secrets/$name" && chmod 600 "$secrets/$name"
done
cat >"$root/etc/tallyman/shop.yaml" <<SETTINGS
shop: shop
timezone: Europe/London
state: /var/lib/tallyman/shop
magento:
  url: $(sed -n 's/.*ready at //p' "$root/shop.txt")
  oauth1: {consumer_key: {file: consumer_key}, consumer_secret: {file: consumer_secret}, access_token: {file: access_token}, access_token_secret: {file: access_token_secret}}
endpoints: {erp: {local: {root: $erp}}}
flows:
  stock:
    pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}
    profile: generic/stock
    schedule: "every 1m"
    stock: {warehouses: {LDS: main}, missing: unchanged}
    gates: {row_drop: 100%, to_zero: 100%}
SETTINGS
drop() { # name, quantity
  printf 'sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n00472-BLK,hinge,LDS,%s,0,0,1.00,21/11/2026 06:00\r\n' "$2" >"$root/drop"
  inside install -o tallyman -g tallyman -m 644 /drop "$erp/out/$1.csv"
}
inside chown -R tallyman:tallyman /etc/tallyman/shop.secrets
inside install -d -o tallyman -g tallyman -m 700 /var/lib/tallyman/shop
inside install -d -o tallyman -g tallyman "$erp" "$erp/out"

check "the scenarios play with the sandbox that the package brings" inside runuser -u tallyman -- tallyman scenarios --only C230,C239 --out /tmp

check "doctor reads the same secrets as the service, typed as its user" sh -c "nsenter --target $init --mount --pid runuser -u tallyman -- tallyman doctor | grep -q 'secrets .*good'"
check "and typed as root, who leaves nothing that the service cannot read" sh -c "nsenter --target $init --mount --pid tallyman doctor | grep -q 'secrets .*good' && [ -z \"\$(nsenter --target $init --mount --pid find /var/lib/tallyman/shop -user root)\" ]"

drop one 41
check "the service starts and says that it is ready" inside timeout 30 systemctl start "$unit"
check "it is its own user, and no root" sh -c "[ \"\$(ps -o user= -p \$(pgrep -f 'tallyman serve --settings /etc/tallyman/shop.yaml' | head -1))\" != root ]"
check "its secrets reach it, and the shop takes them: a file is applied" until_true 900 says "run 1 finished"
main=$(property MainPID)
inside kill -9 "$main"
check "after a crash it is started again" until_true 250 sh -c "$(declare -f inside property); init=$init; [ \"\$(property MainPID $unit)\" != $main ] && [ \"\$(property ActiveState $unit)\" = active ]"
drop two 42
check "and goes on" until_true 900 says "run 2 finished"
check "it reads its settings anew" inside timeout 20 systemctl reload "$unit"
begun=$(date +%s%N)
check "it stops in order" inside timeout 30 systemctl stop "$unit"
took=$((($(date +%s%N) - begun) / 1000000))
check "within ten seconds ($took ms)" [ "$took" -lt 10000 ]
check "as a success" is Result success
printf 'nonsense: 1\n' >>"$root/etc/tallyman/shop.yaml"
inside systemctl start "$unit" >/dev/null 2>&1 || true
check "settings with a mistake end it, and it is not tried again" until_true 100 is ActiveState failed
check "with the exit code of settings" is ExecMainStatus 2
sed -i '$d' "$root/etc/tallyman/shop.yaml"
inside systemctl reset-failed "$unit"

unit=tallyman-run@shop.service
drop three 43
# Where nothing serves, an order of the console is carried out when the console touches its file.
check "the path unit starts" inside systemctl start tallyman-act@shop.path
inside runuser -u tallyman -- touch /var/lib/tallyman/shop/ordered
check "and begins when something was ordered" until_true 100 inside sh -c 'journalctl -u tallyman-act@shop.service -o cat | grep -q "nobody has ordered anything"'
inside systemctl stop tallyman-act@shop.path
check "the timer starts" inside systemctl start tallyman-run@shop.timer
check "and is due within a quarter of an hour" [ "$(inside systemctl list-timers --no-legend tallyman-run@shop.timer | wc -l)" -eq 1 ]
check "one call of every flow ends in order" inside timeout 60 systemctl start "$unit"
check "as a success, too" is Result success
check "having applied its file" says "run 3"
unit=tallyman@shop.service
inside timeout 30 systemctl start "$unit"
main=$(property MainPID)
dpkg-deb -R "$package" "$root/next"
sed -i "s/^Version: .*/&.1/" "$root/next/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -b "$root/next" "$root/next.deb" >/dev/null
check "a newer package is installed over a running service" inside apt-get install -y -qq --no-install-recommends /next.deb
check "which is restarted with it" until_true 250 sh -c "$(declare -f inside property); init=$init; [ \"\$(property MainPID $unit)\" != $main ] && [ \"\$(property ActiveState $unit)\" = active ]"
drop four 44
check "and goes on" until_true 900 says "run 4 finished"
check "the package of before is put back over it" inside apt-get install -y -qq --no-install-recommends --allow-downgrades /tallyman.deb
drop five 45
check "and goes on as well" until_true 900 says "run 5 finished"
check "with nothing done twice" sh -c "[ \"\$(nsenter --target $init --mount --pid runuser -u tallyman -- tallyman runs --settings /etc/tallyman/shop.yaml --json | grep -c '\"state\" : \"finished\"')\" -eq 5 ]"
inside apt-get purge -y -qq tallyman >"$root/purged.txt" 2>&1
check "the package goes, with its units stopped" sh -c "! nsenter --target $init --mount --pid dpkg -s tallyman"
check "and says what it leaves, secrets included" grep -q "SECRETS" "$root/purged.txt"
check "and nothing of it is left running" sh -c "! nsenter --target $init --pid --mount pgrep -x tallyman"
exit "$failed"
