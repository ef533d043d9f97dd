#!/usr/bin/env bash
# Starts the units of the package under a systemd of their own, in a fresh Debian 12 below .build: notify, credentials, restart, reload, stop, timer, purge.
# It needs root and namespaces; nothing of the machine is touched. `scripts/deb.sh` makes the package first.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(ls .build/deb/tallyman_*.deb 2>/dev/null | head -1)
sandbox=$(ls .build/deb/tallyman-sandbox_*.deb 2>/dev/null | head -1)
[ -n "$package" ] || { echo "units: there is no package; scripts/deb.sh makes it" >&2; exit 2; }
. scripts/machine.sh
cp "$package" "$root/tallyman.deb"
cp "$sandbox" "$root/tallyman-sandbox.deb"

inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tallyman.deb >"$root/installed.txt" 2>&1
check "the package installs, with what it depends on" inside dpkg -s tallyman
check "it says what to do next" grep -q "first steps: /usr/share/doc/tallyman/docs/quickstart.md" "$root/installed.txt"
check "every installed file is as it was packed" sh -c "[ -z \"\$(nsenter --target $init --mount --pid dpkg -V tallyman)\" ]"
check "the sandbox installs beside it" inside apt-get install -y -qq --no-install-recommends /tallyman-sandbox.deb

# A newcomer: the commands of a page as the package has it, typed by an ordinary user. What came is in .build/units/PAGE.txt.
play() {
  local page=$root/usr/share/doc/tallyman/docs/$1.md user=newcomer-$1
  inside useradd -m "$user"
  {
    echo 'cd'
    awk '/^```/ { on = ($0 == "```console") } on && /^[$>] / { print substr($0, 3) }' "$page" |
      while IFS= read -r line; do
        printf "echo; printf '%%s\\n' %q\n%s\n" "\$ $line" "$line"
        case $line in *'&') echo 'until grep -qs "admin user" shop.txt; do kill -0 $! || exit 9; sleep 0.1; done' ;; esac
      done
  } >"$root/home/$user/typed.sh"
  inside runuser -l "$user" -c 'bash typed.sh' >"$root/$1.txt" 2>&1 || true
  mkdir -p .build/units
  sed -E 's/[0-9a-f]{14,16}\.eml/….eml/; s/[0-9-]+T[0-9:.]+Z/…/g; s/\b[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}\b/…/g' "$root/$1.txt" >".build/units/$1.txt"
}
shown() { grep -q -- "$2" "$root/$1.txt"; } # page, pattern
play quickstart
check "the quick start can be typed from the package's own page: a file is applied" shown quickstart '^run 2 · stock · STOCK_1.csv · finished'
check "a record is mended" shown quickstart '^  stock: 2 read = 2 applied'
check "a held plan is approved" shown quickstart '^run 5 · stock · STOCK_3.csv · finished'
check "an order leaves and is despatched" shown quickstart '^run 8 · despatches · DESPATCH_1.csv · finished'
check "mails are written" shown quickstart '^0001-'
play first-week
check "the first week can be typed as well: a wrong word is answered with the nearest" shown first-week 'did you mean stock'
check "a reject file goes back and is applied" shown first-week '^run 3 · stock · STOCK_2_again.csv · finished'
check "an approval is taken back, with its reason in the audit" shown first-week 'rollback  run 4: stock  it was the wrong list'
check "a profile of one's own and one more flow are good settings" shown first-week 'is good: shop quickstart, flows stock, prices, orders, despatches, costs'
check "a refused order is in a mail with the ERP's reason" shown first-week '^mail/'
check "a backup is proved to be one that can be restored" shown first-week '^the backup is whole'
mine=/home/newcomer-first-week/quickstart
check "lint is quiet about a copied profile" sh -c "! nsenter --target $init --mount --pid sh -c 'cd $mine && runuser -u newcomer-first-week tallyman lint' 2>&1 | grep -q 'has changed since'"
sed -i 's/"version": 1/"version":  1/' "$root/usr/share/tallyman/profiles/sage50/stock/profile.json"
check "until the package brings another original" sh -c "nsenter --target $init --mount --pid sh -c 'cd $mine && runuser -u newcomer-first-week tallyman lint' 2>&1 | grep -q 'has changed since'"
sed -i 's/"version":  1/"version": 1/' "$root/usr/share/tallyman/profiles/sage50/stock/profile.json"

check "the manual has examples" sh -c "zcat '$root/usr/share/man/man1/tallyman.1.gz' | grep -q Examples:"
check "shells complete its words" test -s "$root/usr/share/bash-completion/completions/tallyman"
check "every page that the docs' first page names is there" sh -c "cd '$root/usr/share/doc/tallyman' && grep -o '(docs/[a-z-]*\.md' README.md | cut -c2- | sort -u | xargs ls"
check "the units are well formed" inside systemd-analyze verify --man=no /usr/lib/systemd/system/tallyman@.service /usr/lib/systemd/system/tallyman-run@.timer /usr/lib/systemd/system/tallyman-act@.path /usr/lib/systemd/system/tallyman-console.service

place_shop
check "the scenarios play with the sandbox that the package brings" inside runuser -u tallyman -- tallyman scenarios --only C230,C239 --out /tmp

check "doctor reads the same secrets as the service, typed as its user" sh -c "nsenter --target $init --mount --pid runuser -u tallyman -- tallyman doctor | grep -q 'secrets .*good'"
check "and typed as root, who leaves nothing that the service cannot read" sh -c "nsenter --target $init --mount --pid tallyman doctor | grep -q 'secrets .*good' && [ -z \"\$(nsenter --target $init --mount --pid find /var/lib/tallyman/shop -user root)\" ]"

inside useradd -m stranger
check "somebody else is told whose the state folder is, before anything is written" sh -c "nsenter --target $init --mount --pid runuser -u stranger -- tallyman status --settings /etc/tallyman/shop.yaml 2>&1 | grep -q '  → '"

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
