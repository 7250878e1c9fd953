# SPDX-License-Identifier: Apache-2.0
# Plays a scenario inside a guest, in the folder it lies in: setup.sh, then each look (a file of
# looks/ that runs genba once), with what must succeed before it. Leaves of each NAME in out/:
# NAME.out, NAME.err, NAME.status and NAME.seconds; later looks come whatever the earlier ones
# ended with. Each step is told on the console, so that the log of a guest that hangs ends with what hung. For dash and busybox.
mkdir -p out

tell() {
  echo "lab: $*" >/dev/console
}

now() {
  read -r up _ </proc/uptime
  echo "$up"
}

# play NAME COMMAND...
play() {
  name=$1
  shift
  begin=$(now)
  tell "$begin s: $name"
  "$@" >"out/$name.out" 2>"out/$name.err" </dev/null
  echo $? >"out/$name.status"
  echo "$begin $(now)" >"out/$name.seconds"
}

[ ! -e setup.sh ] || play setup sh -eux ./setup.sh
if [ ! -e setup.sh ] || [ "$(cat out/setup.status)" = 0 ]; then
  for look in looks/*.sh; do
    [ -e "$look" ] || continue
    name=$(basename "$look" .sh)
    if [ -e "looks/$name.before" ] && ! sh -eux "looks/$name.before" >"out/$name.before" 2>&1; then
      echo "what comes before it failed" >>"out/$name.before"
      continue
    fi
    play "$name" sh "$look"
  done
fi
tell "$(now) s: played"
