#!/usr/bin/env bash
# Starts nginx and Caddy as docs/console.md shows them before the console, and asks through each of them: sign-in, headers, foreign forms, a file.
# Where they cannot be installed (no network) it says so and ends well: it is skipped by name.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for package in nginx-light caddy openssl curl; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 \
    || { echo "proxies: skipped: ${missing[*]} cannot be installed here"; exit 0; }
fi
tallyman=$(swift build --show-bin-path)/tallyman
stage=$(mktemp -d /tmp/tallyman-proxies-XXXXXX)
chmod 755 "$stage"
background=()
finish() { for process in "${background[@]}"; do kill "$process" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf --one-file-system "$stage"; }
trap finish EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=console.acme.example -addext subjectAltName=DNS:console.acme.example \
  -keyout "$stage/console.key" -out "$stage/console.pem" 2>/dev/null
mkdir -p "$stage/erp/out" "$stage/state"
cat > "$stage/acme.yaml" <<YAML
shop: acme
timezone: Europe/London
state: $stage/state
magento:
  url: http://127.0.0.1:1
  oauth1: {consumer_key: {env: A}, consumer_secret: {env: B}, access_token: {env: C}, access_token_secret: {env: D}}
endpoints: {erp: {local: {root: $stage/erp}}}
flows:
  stock: {pull: {endpoint: erp, folder: out, files: "*.csv", settle: 0s, then: {move: archive}}, profile: generic/stock, stock: {warehouses: {LDS: default}}}
YAML
# A call makes the ledger, although there is no shop.
A=a B=b C=c D=d "$tallyman" run stock --settings "$stage/acme.yaml" >/dev/null 2>&1 || true

block() { # language, after this heading: the first code block of the documentation
  python3 - "$1" <<'PYTHON'
import pathlib, re, sys, textwrap
text = pathlib.Path("docs/console.md").read_text()
print(textwrap.dedent(re.search(r"```" + sys.argv[1] + r"\n(.*?)   ```", text, re.S).group(1)))
PYTHON
}

for server in nginx caddy; do
  port=$(free_port) backend=$(free_port) name=console.acme.example
  url=https://$name:$port
  mkdir -p "$stage/$server"
  printf 'listen: 127.0.0.1:%s\nurl: %s\nshops: [%s/acme.yaml]\nstate: %s/%s/console\nsecond_factor: deciders\n' "$backend" "$url" "$stage" "$stage" "$server" > "$stage/$server/console.yaml"
  env -i PATH="$PATH" "$tallyman" console --settings "$stage/$server/console.yaml" > "$stage/$server/console.log" 2>&1 &
  background+=($!)
  if [ "$server" = nginx ]; then
    {
      printf 'pid %s/nginx.pid; error_log %s/nginx.log; events {}\nhttp { access_log off; client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n' "$stage" "$stage" "$stage" "$stage" "$stage" "$stage" "$stage"
      block nginx | sed -e "s|listen 443 ssl|listen 127.0.0.1:$port ssl|" -e "s|/etc/ssl/|$stage/|" -e "s|127.0.0.1:8484|127.0.0.1:$backend|"
      printf '}\n'
    } > "$stage/nginx.conf"
    nginx -t -q -c "$stage/nginx.conf" -p "$stage"
    nginx -c "$stage/nginx.conf" -p "$stage" -g 'daemon off;' 2>>"$stage/nginx.log" &
    background+=($!)
  else
    {
      printf '{\n  admin off\n  auto_https disable_redirects\n}\n'
      block caddy | sed -e "s|^$name|https://$name:$port|" -e "s|127.0.0.1:8484|127.0.0.1:$backend|" -e "s|^\(.*reverse_proxy\)|  bind 127.0.0.1\n  tls $stage/console.pem $stage/console.key\n\1|"
    } > "$stage/Caddyfile"
    HOME=$stage caddy run --adapter caddyfile --config "$stage/Caddyfile" > "$stage/caddy.log" 2>&1 &
    background+=($!)
  fi
  link=$("$tallyman" user add ann --role operator --settings "$stage/$server/console.yaml" | grep -o "$url[^ ]*")
  python3 scripts/proxies.py "$server" "$link" "$port" "$backend" "$stage/console.pem" || { tail -n 5 "$stage/$server/console.log" "$stage"/*.log >&2; exit 1; }
done
