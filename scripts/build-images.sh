#!/usr/bin/env bash
# Builds the container images of images/*, each only when the cache holds no archive of the same inputs.
# Usage: scripts/build-images.sh [NAME...]   default: every image but base and node, which come with the images that stand on them
# Stdout: a line per image, NAME<TAB>REFERENCE<TAB>ARCHIVE (docker-archive), which scripts/load-images.sh reads. An image
#         that cannot be made here, for lack of something that it takes from elsewhere: NAME<TAB>-<TAB>REASON.
# Stderr: what is being built, how far, how long it took.
#
# A recipe, images/NAME/, holds
#   Containerfile  `ARG OTHER_IMAGE` makes the image depend on images/other, whose reference that argument then holds
#   context        optional: a folder of this repository, without what git ignores, as build context instead of the
#                  recipe's own folder; the recipe's files are then reached by `COPY --from=recipe`
#   context.sh     optional: `context.sh DIR` adds files that are built elsewhere to the context, before it is hashed.
#                  Exit code 3: they are not to be had; stdout says why and what to do. The image, and what stands on
#                  it, is then left out.
#   prepare.sh     optional: `prepare.sh DIR` makes more of the context, only when the image is built
# While a recipe runs, HOME is a scratch folder with this machine's npm settings and a cache for npm, and apt's sources,
# lists, caches and logs are mounted from outside: none of them becomes part of the image, and no recipe needs to clean
# up after apt.
#
# Environment:
#   BASE_IMAGE                             an image to stand on instead of a Debian made here, e.g. debian:trixie-slim
#   DEBIAN_MIRROR, DEBIAN_SECURITY_MIRROR  default: those that apt uses on this machine
#   STOREWRIGHT_EXTRA_ENGINES              see images/storewright/context.sh
#   SOURCE_DATE_EPOCH                      time stamp of files and images, default 0
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
# shellcheck source=lib.sh
source scripts/lib.sh

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
kept_archives=2
storage_limit_gib=20
certificates=/etc/ssl/certs/ca-certificates.crt
archives=$(cache_dir)/images
npm_cache=$(cache_dir)/npm
storage=$(cache_dir)/buildah
mkdir -p "$archives" "$npm_cache" "$storage"
work=$(mktemp -d "$archives/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^project(storewright VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[ -n "$version" ] || die "CMakeLists.txt names no version in its project() line"

declare -A hash_of=() planned=() needed=() unavailable=()
order=()
missing=()

# --- recipes ---------------------------------------------------------------------------------------------------------

recipes() { find images -mindepth 2 -maxdepth 2 -name Containerfile -printf '%h\n' | xargs -rn1 basename | sort; }

# The images that an image stands on: its arguments that end in _IMAGE.
dependencies() { sed -nE 's/^ARG ([A-Z_]+)_IMAGE$/\L\1/p' "images/$1/Containerfile" | tr _ -; }

# Appends the image to the order, after what it stands on.
plan() {
  [ -z "${planned[$1]:-}" ] || return 0
  [ -f "images/$1/Containerfile" ] || die "there is no image '$1' (there are: $(recipes | paste -sd' '))"
  planned[$1]=yes
  local dependency
  for dependency in $(dependencies "$1"); do plan "$dependency"; done
  order+=("$1")
}

# copy_clean FROM TO: a folder of the repository without what git ignores, and with modes that do not depend on the
# umask.
copy_clean() {
  mkdir -p "$2"
  git -C "$1" ls-files -co --exclude-standard -z | sort -zu |
    while IFS= read -r -d '' file; do [ ! -e "$1/$file" ] && [ ! -L "$1/$file" ] || printf '%s\0' "$file"; done |
    tar -C "$1" --null --no-recursion -T - -cf - | tar -C "$2" -xf -
  chmod -R u=rwX,go=rX "$2"
}

# Lays out the image's inputs in $work/NAME: its recipe, and its build context. Or fills `unavailable`.
assemble() {
  local name=$1 inputs=$work/$1 dependency
  for dependency in $(dependencies "$name"); do
    [ -z "${unavailable[$dependency]:-}" ] || unavailable[$name]=${unavailable[$dependency]}
  done
  [ -z "${unavailable[$name]:-}" ] || return 0
  copy_clean "images/$name" "$inputs/recipe"
  if [ -f "images/$name/context" ]; then
    local folder
    read -r folder <"images/$name/context"
    [ -d "$folder" ] || die "images/$name/context names '$folder', which is no folder of the repository"
    copy_clean "$folder" "$inputs/context"
  else
    cp -a "$inputs/recipe" "$inputs/context"
  fi
  [ ! -x "images/$name/context.sh" ] || add_context "$name" "$inputs/context"
  # Layers are reused by the files' times too, and each checkout has its own.
  find "$inputs" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# Runs the recipe's context.sh.
add_context() {
  local said code=0
  said=$("images/$1/context.sh" "$2") || code=$?
  case $code in
    0) [ -z "$said" ] || printf '%s\n' "$said" >&2 ;;
    3)
      unavailable[$1]=$(paste -sd' ' <<<"$said")
      progress "leaving out $1: ${unavailable[$1]}"
      ;;
    *) exit 1 ;;
  esac
}

# The hash of all that the image is made of.
inputs_hash() {
  local dependency
  {
    echo "$version $SOURCE_DATE_EPOCH"
    [ "$1" != base ] || echo "${BASE_IMAGE:-}"
    for dependency in $(dependencies "$1"); do echo "$dependency ${hash_of[$dependency]}"; done
    tar -C "$work/$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - .
  } | short_hash
}

reference() { echo "localhost/storewright/$1:${hash_of[$1]}"; }
archive() { echo "$archives/$1-${hash_of[$1]}.tar"; }

# --- what this machine lends to a build ------------------------------------------------------------------------------

# The first package repository of this machine's apt that grep's options pick.
apt_repository() {
  # shellcheck disable=SC2016  # apt-get replaces $(REPO_URI)
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep "$@" | head -n1 || true
}

lend_apt() {
  local mirror security
  mirror=${DEBIAN_MIRROR:-$(apt_repository -v security)}
  security=${DEBIAN_SECURITY_MIRROR:-$(apt_repository security)}
  [ -n "$mirror" ] || die "apt names no mirror on this machine: set DEBIAN_MIRROR to one of Debian's"
  mkdir -p "$work"/apt/{sources,conf,lists/partial,cache/archives/partial,log,ldconfig}
  {
    printf 'deb %s trixie main\ndeb %s trixie-updates main\n' "$mirror" "$mirror"
    [ -z "$security" ] || printf 'deb %s trixie-security main\n' "$security"
  } >"$work/apt/sources/host.list"
  {
    apt-config dump | grep -E '^Acquire::((http|https)::|Check-|Retries|ForceIPv)' || true
    echo 'Acquire::Languages "none";'
  } >"$work/apt/conf/host.conf"
  # A mirror whose certificate this machine trusts is trusted in a build, where no certificates are installed.
  if [ -r "$certificates" ]; then
    cp -L "$certificates" "$work/apt/conf/ca-certificates.crt"
    printf '%s\n' 'Acquire::https::CAInfo "/etc/apt/apt.conf.d/ca-certificates.crt";' \
      'Dir::Ignore-Files-Silently:: "\.crt$";' >"$work/apt/conf/https.conf"
  fi
}

# npm's registry, proxies and sign-in of this machine. Its certificates go along: a build has none.
lend_npm() {
  mkdir -p "$work/home/.npm"
  chmod 700 "$work/home"
  command -v npm >/dev/null || return 0
  local key value authorities=$certificates sign_in=
  while IFS='=' read -r key value; do
    case $key in
      cafile) [ ! -r "$value" ] || authorities=$value ;;
      userconfig) sign_in=$value ;;
      *) [ -z "$value" ] || [ "$value" = null ] || echo "$key=$value" ;;
    esac
  done < <(npm config get registry proxy https-proxy noproxy cafile userconfig) >"$work/home/.npmrc"
  if [ -r "$authorities" ]; then
    cp -L "$authorities" "$work/home/npm-ca.crt"
    echo 'cafile=/root/npm-ca.crt' >>"$work/home/.npmrc"
  fi
  [ ! -r "$sign_in" ] || grep -E '^(//|@[^:]+:registry)' "$sign_in" >>"$work/home/.npmrc" || true
}

# Runs a command with its output in the image's log; on failure shows the end of it.
logged() {
  local name=$1 log=$archives/$1.log
  shift
  if ! "$@" >>"$log" 2>&1; then
    tail -n 30 "$log" >&2
    die "building the image $name failed; the end of its log is above, all of it in $log"
  fi
}

# --- building --------------------------------------------------------------------------------------------------------

# buildah leaves the layers mounted that it took files from.
unmount_storage() {
  findmnt -rno TARGET | awk -v below="$storage/" 'index($0, below) == 1' | sort -r | xargs -r -d '\n' umount
}

# One run builds at a time: whatever is amiss in the storage was then left by a run that was killed, and is put right.
open_storage() {
  # The run root is in /run, as its counts of mounts must not outlive the mounts.
  local runroot
  runroot=/run/storewright-buildah-$(short_hash <<<"$storage")
  cat >"$work/storage.conf" <<CONF
[storage]
driver = "${STORAGE_DRIVER:-overlay}"
graphroot = "$storage"
runroot = "$runroot"
[storage.options.overlay]
skip_mount_home = "true"
CONF
  export CONTAINERS_STORAGE_CONF=$work/storage.conf
  exec 9>"$storage.lock"
  if ! flock -n 9; then
    progress "waiting for another run that builds images"
    flock -w 3600 9 || die "another run has been building images for an hour: fuser $storage.lock names it"
  fi
  find "$archives" -maxdepth 1 -name 'work.*' -mmin +1440 -exec rm -rf {} +
  unmount_storage
  rm -rf "$runroot"
  buildah rm --all >/dev/null
  [ "$(du -s --block-size=1G "$storage" | cut -f1)" -lt "$storage_limit_gib" ] || buildah rmi --prune >/dev/null
}

# Makes sure that the storage holds an image that others stand on.
in_storage() {
  buildah inspect --type image "$(reference "$1")" >/dev/null 2>&1 ||
    logged "$1" buildah pull "docker-archive:$(archive "$1")"
}

build() {
  local name=$1 inputs=$work/$1 dependency arguments=()
  : >"$archives/$name.log"
  for dependency in $(dependencies "$name"); do
    in_storage "$dependency"
    arguments+=(--build-arg "$(tr a-z- A-Z_ <<<"$dependency")_IMAGE=$(reference "$dependency")")
  done
  if [ -x "images/$name/prepare.sh" ]; then
    APT_SOURCES=$work/apt/sources/host.list APT_CONF=$work/apt/conf/host.conf \
      logged "$name" "images/$name/prepare.sh" "$inputs/context"
  fi
  # npm, with an empty cache, needs more open files than buildah's 1024 now and then. Not without bound: there are programs that close
  # every file that they might have.
  local files
  files=$(ulimit -Hn)
  [ "$files" != unlimited ] && [ "$files" -le 65536 ] || files=65536
  logged "$name" buildah build --isolation chroot --ulimit nofile="$files:$files" --layers --pull=never --identity-label=false \
    --timestamp "$SOURCE_DATE_EPOCH" "${arguments[@]}" --build-context recipe="$inputs/recipe" \
    --volume "$work/home:/root" --volume "$npm_cache:/root/.npm" \
    --volume "$work/apt/sources:/etc/apt/sources.list.d:ro" --volume "$work/apt/conf:/etc/apt/apt.conf.d" \
    --volume "$work/apt/lists:/var/lib/apt/lists" --volume "$work/apt/cache:/var/cache/apt" \
    --volume "$work/apt/log:/var/log" --volume "$work/apt/ldconfig:/var/cache/ldconfig" \
    --label org.opencontainers.image.title="storewright-$name" \
    --label org.opencontainers.image.version="$version" \
    --tag "$(reference "$name")" --file "$inputs/recipe/Containerfile" "$inputs/context"
  local part
  part=$(archive "$name").part
  rm -f "$archives/$name"-????????????.tar.part
  logged "$name" buildah push "$(reference "$name")" "docker-archive:$part:$(reference "$name")"
  mv "$part" "$(archive "$name")"
}

# Removes all but the archives of the image that were last in use, and their tags with the layers that only they have.
remove_old() {
  local old tag
  find "$archives" -maxdepth 1 -name "$1-????????????.tar" -printf '%T@ %p\n' |
    sort -rn | tail -n +$((kept_archives + 1)) | cut -d' ' -f2- | while IFS= read -r old; do
      tag=${old##*-}
      rm -f "$old"
      buildah rmi "localhost/storewright/$1:${tag%.tar}" >/dev/null 2>&1 || true
    done
}

# Fills `missing`: what has no archive, with what it stands on. What only images with archives stand on is not needed.
find_missing() {
  local i name dependency
  for ((i = ${#order[@]} - 1; i >= 0; i--)); do
    name=${order[i]}
    [ -z "${unavailable[$name]:-}" ] || continue
    if [ -n "${needed[$name]:-}" ] && [ ! -f "$(archive "$name")" ]; then
      missing=("$name" "${missing[@]}")
      for dependency in $(dependencies "$name"); do needed[$dependency]=yes; done
    fi
  done
}

build_missing() {
  local i name start
  [ "$(id -u)" = 0 ] || die "building images needs root: to build ${missing[*]}, run this as root"
  lend_apt
  lend_npm
  open_storage
  for i in "${!missing[@]}"; do
    name=${missing[i]}
    start=$SECONDS
    # Another run may have built it while this one waited.
    [ ! -f "$(archive "$name")" ] || continue
    progress "building $name ($((i + 1)) of ${#missing[@]})"
    build "$name"
    progress "built $name in $((SECONDS - start)) s"
    remove_old "$name"
  done
  unmount_storage
  progress "images ready in $SECONDS s"
}

tell() {
  if [ -n "${unavailable[$1]:-}" ]; then
    printf '%s\t-\t%s\n' "$1" "${unavailable[$1]}"
  else
    printf '%s\t%s\t%s\n' "$1" "$(reference "$1")" "$(archive "$1")"
  fi
}

main() {
  local name requested=("$@")
  [ ${#requested[@]} -gt 0 ] || mapfile -t requested < <(recipes | grep -vxE 'base|node')
  for name in "${requested[@]}"; do
    plan "$name"
    needed[$name]=yes
  done
  for name in "${order[@]}"; do
    assemble "$name"
    [ -n "${unavailable[$name]:-}" ] || hash_of[$name]=$(inputs_hash "$name")
  done
  find_missing
  [ ${#missing[@]} = 0 ] || build_missing
  # The times tell which archives are in use.
  for name in "${!needed[@]}"; do
    [ -n "${unavailable[$name]:-}" ] || [ ! -f "$(archive "$name")" ] || touch "$(archive "$name")"
  done
  for name in "${requested[@]}"; do tell "$name"; done
}

# On one line with the exit: bash reads a script as it goes, and this one may be changed while it builds.
main "$@"; exit
