#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

/// A file that was put into the binary when it was built.
struct CAsset {
    const char *path;
    const unsigned char *bytes;
    size_t count;
};

struct CAssetList {
    const struct CAsset *files;
    size_t count;
};

/// The files of manifests/starter: what `martlet init` writes.
struct CAssetList CAssetsStarter(void);

/// The files of manifests/demo: what `martlet demo` plays with.
struct CAssetList CAssetsDemo(void);

#endif
