// Made by manifests/embed.sh: the files of manifests/starter.
#include "CAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file0[] = {
#embed "../../manifests/starter/.gitattributes"
};

static const unsigned char file1[] = {
#embed "../../manifests/starter/README.md"
};

static const unsigned char file2[] = {
#embed "../../manifests/starter/allowed_signers"
};

static const unsigned char file3[] = {
#embed "../../manifests/starter/data/example-train.csv"
};

static const unsigned char file4[] = {
#embed "../../manifests/starter/data/example-train.yaml"
};

static const unsigned char file5[] = {
#embed "../../manifests/starter/data/example.csv"
};

static const unsigned char file6[] = {
#embed "../../manifests/starter/data/example.yaml"
};

static const unsigned char file7[] = {
#embed "../../manifests/starter/environments/dev/environment.yaml"
};

static const unsigned char file8[] = {
#embed "../../manifests/starter/environments/dev/example.yaml"
};

static const unsigned char file9[] = {
#embed "../../manifests/starter/environments/production/environment.yaml"
};

static const unsigned char file10[] = {
#embed "../../manifests/starter/environments/production/example.yaml"
};

static const unsigned char file11[] = {
#embed "../../manifests/starter/environments/staging/environment.yaml"
};

static const unsigned char file12[] = {
#embed "../../manifests/starter/environments/staging/example.yaml"
};

static const unsigned char file13[] = {
#embed "../../manifests/starter/evidence/example/privacy-review.yaml"
};

static const unsigned char file14[] = {
#embed "../../manifests/starter/gates/production.yaml"
};

static const unsigned char file15[] = {
#embed "../../manifests/starter/gates/staging.yaml"
};

static const unsigned char file16[] = {
#embed "../../manifests/starter/martlet.yaml"
};

static const unsigned char file17[] = {
#embed "../../manifests/starter/models/example/README.md"
};

static const unsigned char file18[] = {
#embed "../../manifests/starter/models/example/model.json"
};

static const unsigned char file19[] = {
#embed "../../manifests/starter/models/example/model.yaml"
};

static const unsigned char file20[] = {
#embed "../../manifests/starter/models/example/predictions.csv"
};

static const unsigned char file21[] = {
#embed "../../manifests/starter/models/example/schema.yaml"
};

static const struct CAsset files[] = {
    {".gitattributes", file0, sizeof file0},
    {"README.md", file1, sizeof file1},
    {"allowed_signers", file2, sizeof file2},
    {"data/example-train.csv", file3, sizeof file3},
    {"data/example-train.yaml", file4, sizeof file4},
    {"data/example.csv", file5, sizeof file5},
    {"data/example.yaml", file6, sizeof file6},
    {"environments/dev/environment.yaml", file7, sizeof file7},
    {"environments/dev/example.yaml", file8, sizeof file8},
    {"environments/production/environment.yaml", file9, sizeof file9},
    {"environments/production/example.yaml", file10, sizeof file10},
    {"environments/staging/environment.yaml", file11, sizeof file11},
    {"environments/staging/example.yaml", file12, sizeof file12},
    {"evidence/example/privacy-review.yaml", file13, sizeof file13},
    {"gates/production.yaml", file14, sizeof file14},
    {"gates/staging.yaml", file15, sizeof file15},
    {"martlet.yaml", file16, sizeof file16},
    {"models/example/README.md", file17, sizeof file17},
    {"models/example/model.json", file18, sizeof file18},
    {"models/example/model.yaml", file19, sizeof file19},
    {"models/example/predictions.csv", file20, sizeof file20},
    {"models/example/schema.yaml", file21, sizeof file21},
};

struct CAssetList CAssetsStarter(void) {
    return (struct CAssetList){files, sizeof files / sizeof files[0]};
}
