#!/bin/sh
# Writes the C files that embed the starter and the demo into the binary. Run it after adding or removing a file there.
set -eu
cd "$(dirname "$0")"
export LC_ALL=C

embed() { # NAME FOLDER
    out="../Sources/CAssets/$1.c"
    {
        echo "// Made by manifests/embed.sh: the files of manifests/$2."
        echo '#include "CAssets.h"'
        printf '\n#pragma clang diagnostic ignored "-Wc23-extensions"\n'
        number=0
        for file in $(cd "$2" && find . -type f ! -name '*.pyc' | sed 's|^\./||' | sort); do
            printf '\nstatic const unsigned char file%d[] = {\n#embed "../../manifests/%s/%s"\n};\n' "$number" "$2" "$file"
            number=$((number + 1))
        done
        printf '\nstatic const struct CAsset files[] = {\n'
        number=0
        for file in $(cd "$2" && find . -type f ! -name '*.pyc' | sed 's|^\./||' | sort); do
            printf '    {"%s", file%d, sizeof file%d},\n' "$file" "$number" "$number"
            number=$((number + 1))
        done
        printf '};\n\nstruct CAssetList CAssets%s(void) {\n' "$1"
        printf '    return (struct CAssetList){files, sizeof files / sizeof files[0]};\n}\n'
    } > "$out"
}

embed Starter starter
embed Demo demo
