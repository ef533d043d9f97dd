#!/bin/sh
# A filter of OpenSMTPD (smtpd-filters(7)) that misbehaves as told.
# opensmtpd-filter.sh GREYLISTED FULL [DOUBTED TIMES]
grey=$1 full=$2 doubted=$3 doubts=${4:-0}
IFS='|'
while read -r kind what; do [ "$kind|$what" = "config|ready" ] && break; done
echo 'register|filter|smtp-in|rcpt-to'
echo 'register|filter|smtp-in|commit'
echo 'register|ready'
while read -r kind version time subsystem phase session token address; do
  answer=proceed
  case $phase in
    rcpt-to)
      if [ "$grey" -gt 0 ]; then
        grey=$((grey - 1)) answer='reject|451 4.7.1 greylisted, come back later'
      elif [ "$address" = "$doubted" ] && [ "$doubts" -gt 0 ]; then
        doubts=$((doubts - 1)) answer='reject|451 4.7.1 greylisted, come back later'
      fi ;;
    commit)
      if [ "$full" -gt 0 ]; then full=$((full - 1)) answer='reject|452 4.3.1 no space'; fi ;;
  esac
  echo "filter-result|$session|$token|$answer"
done
