# A Debian 12 with a systemd of its own, below .build, for the scripts that try the packages as a machine has them: sourced, and run from the project's
# folder. It needs root and namespaces; nothing of the machine around it is touched. Where there are none, the script that asked ends with 0 and says so.
#
#   inside COMMAND…              in that machine, as its root
#   until_true TRIES COMMAND…    what comes by itself is waited for, a tenth of a second at a time
#   check TEXT COMMAND…          prints the text, or "NOT: text"; `failed` is 1 then
#   place_shop                   a sandbox shop on this machine, its secrets and the settings of one shop over there
#   drop NAME QUANTITY           a stock file of one product, from the ERP

me=$(basename "$0" .sh)
[ "$(id -u)" -eq 0 ] && unshare --mount --pid --fork true 2>/dev/null || { echo "$me: not started here: root and namespaces are needed" >&2; exit 0; }
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
until_true 300 started || { echo "$me: systemd does not start here:" >&2; tail -5 "$root.log" >&2; rm -f "$root.log"; exit 0; }
rm -f "$root.log"

failed=0
check() { local text=$1; shift; if "$@" >/dev/null 2>&1; then echo "$me: $text"; else echo "$me: NOT: $text" >&2; failed=1; fi; }

unit=tallyman@shop.service
property() { inside systemctl show -p "$1" --value "${2:-$unit}"; }
is() { [ "$(property "$1" "${3:-$unit}")" = "$2" ]; }
says() { inside journalctl -q -u "$unit" --no-pager | grep -qF "$1"; }

place_shop() {
  .build/deb/tallyman-sandbox/usr/bin/magento-sandbox --port 0 --control >"$root/shop.txt" 2>&1 &
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
  inside chown -R tallyman:tallyman /etc/tallyman/shop.secrets
  inside install -d -o tallyman -g tallyman -m 700 /var/lib/tallyman/shop
  inside install -d -o tallyman -g tallyman "$erp" "$erp/out"
}

drop() { # name, quantity
  printf 'sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n00472-BLK,hinge,LDS,%s,0,0,1.00,21/11/2026 06:00\r\n' "$2" >"$root/drop"
  inside install -o tallyman -g tallyman -m 644 /drop "$erp/out/$1.csv"
}
