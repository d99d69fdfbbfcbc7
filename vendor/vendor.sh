#!/bin/sh
# What other people wrote and we serve. Without an argument: derive static/ from what lies here.
#   vendor.sh fetch     take the packages anew, at the versions below, unchanged
#   vendor.sh <folder>  derive into another folder than static/
set -eu

GOVUK=6.6.0
SOURCE_SANS=5.3.0
AXE=4.14.1

here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = fetch ]; then
    work=$(mktemp -d)
    trap 'rm -r "$work"' EXIT
    cd "$work"
    for package in govuk-frontend@$GOVUK @fontsource-variable/source-sans-3@$SOURCE_SANS axe-core@$AXE; do
        rm -rf package
        npm pack --silent "$package" >name
        tar xzf "$(cat name)"
        case $package in
        govuk-frontend@*)
            cp package/dist/govuk/govuk-frontend.min.css package/dist/govuk/govuk-frontend.min.js \
                "$here/govuk-frontend/" ;;
        @fontsource-variable/*)
            cp package/files/source-sans-3-latin-wght-normal.woff2 package/LICENSE "$here/source-sans-3/" ;;
        axe-core@*)
            cp package/axe.min.js package/LICENSE package/LICENSE-3RD-PARTY.txt "$here/axe-core/" ;;
        esac
    done
    shift
fi

out=${1:-$here/../static}
mkdir -p "$out"
# GDS Transport and the crest are for gov.uk alone; a source map that is not there breaks hashing.
sed -E 's/@font-face\{[^}]*\}//g
    s/GDS Transport,arial,sans-serif/var(--font)/g
    s#url\(/assets/images/govuk-crest.svg\)#none#g
    s#/\*\# sourceMappingURL.*##' \
    "$here/govuk-frontend/govuk-frontend.min.css" >"$out/govuk-frontend.min.css"
sed -E 's#//\# sourceMappingURL.*##' \
    "$here/govuk-frontend/govuk-frontend.min.js" >"$out/govuk-frontend.min.js"
cp "$here/source-sans-3/source-sans-3-latin-wght-normal.woff2" "$out/source-sans-3.woff2"
