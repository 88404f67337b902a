// Made by manifests/embed.sh: the files of manifests/demo.
#include "CAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file0[] = {
#embed "../../manifests/demo/README.md"
};

static const unsigned char file1[] = {
#embed "../../manifests/demo/data/eval-v3.csv"
};

static const unsigned char file2[] = {
#embed "../../manifests/demo/data/eval.csv"
};

static const unsigned char file3[] = {
#embed "../../manifests/demo/data/served.csv"
};

static const unsigned char file4[] = {
#embed "../../manifests/demo/data/train-broken.csv"
};

static const unsigned char file5[] = {
#embed "../../manifests/demo/data/train-v2.csv"
};

static const unsigned char file6[] = {
#embed "../../manifests/demo/data/train-v3.csv"
};

static const unsigned char file7[] = {
#embed "../../manifests/demo/data/train.csv"
};

static const unsigned char file8[] = {
#embed "../../manifests/demo/probe.py"
};

static const unsigned char file9[] = {
#embed "../../manifests/demo/regenerate.py"
};

static const unsigned char file10[] = {
#embed "../../manifests/demo/repository/data/tumor-eval.yaml"
};

static const unsigned char file11[] = {
#embed "../../manifests/demo/repository/data/tumor-train.yaml"
};

static const unsigned char file12[] = {
#embed "../../manifests/demo/repository/environments/dev/environment.yaml"
};

static const unsigned char file13[] = {
#embed "../../manifests/demo/repository/environments/production/environment.yaml"
};

static const unsigned char file14[] = {
#embed "../../manifests/demo/repository/environments/staging/environment.yaml"
};

static const unsigned char file15[] = {
#embed "../../manifests/demo/repository/gates/production.yaml"
};

static const unsigned char file16[] = {
#embed "../../manifests/demo/repository/gates/staging.yaml"
};

static const unsigned char file17[] = {
#embed "../../manifests/demo/repository/martlet.yaml"
};

static const unsigned char file18[] = {
#embed "../../manifests/demo/steps/1-first/environments/dev/tumor.yaml"
};

static const unsigned char file19[] = {
#embed "../../manifests/demo/steps/1-first/environments/production/tumor.yaml"
};

static const unsigned char file20[] = {
#embed "../../manifests/demo/steps/1-first/environments/staging/tumor.yaml"
};

static const unsigned char file21[] = {
#embed "../../manifests/demo/steps/1-first/models/tumor/model.json"
};

static const unsigned char file22[] = {
#embed "../../manifests/demo/steps/1-first/models/tumor/model.yaml"
};

static const unsigned char file23[] = {
#embed "../../manifests/demo/steps/1-first/models/tumor/params.yaml"
};

static const unsigned char file24[] = {
#embed "../../manifests/demo/steps/1-first/models/tumor/schema.yaml"
};

static const unsigned char file25[] = {
#embed "../../manifests/demo/steps/1-first/models/tumor/score.py"
};

static const unsigned char file26[] = {
#embed "../../manifests/demo/steps/2-better/models/tumor/model.json"
};

static const unsigned char file27[] = {
#embed "../../manifests/demo/steps/2-better/models/tumor/params.yaml"
};

static const unsigned char file28[] = {
#embed "../../manifests/demo/steps/3-slice/models/tumor/model.json"
};

static const unsigned char file29[] = {
#embed "../../manifests/demo/steps/3-slice/models/tumor/params.yaml"
};

static const unsigned char file30[] = {
#embed "../../manifests/demo/steps/4-regression/models/tumor/model.json"
};

static const unsigned char file31[] = {
#embed "../../manifests/demo/steps/4-regression/models/tumor/params.yaml"
};

static const unsigned char file32[] = {
#embed "../../manifests/demo/steps/5-nan/models/tumor/model.json"
};

static const unsigned char file33[] = {
#embed "../../manifests/demo/steps/5-nan/models/tumor/params.yaml"
};

static const unsigned char file34[] = {
#embed "../../manifests/demo/steps/6-schema/data/tumor-train.yaml"
};

static const unsigned char file35[] = {
#embed "../../manifests/demo/steps/6-schema/models/tumor/model.json"
};

static const unsigned char file36[] = {
#embed "../../manifests/demo/steps/6-schema/models/tumor/params.yaml"
};

static const unsigned char file37[] = {
#embed "../../manifests/demo/steps/7-leak/data/tumor-eval.yaml"
};

static const unsigned char file38[] = {
#embed "../../manifests/demo/steps/7-leak/data/tumor-train.yaml"
};

static const unsigned char file39[] = {
#embed "../../manifests/demo/steps/7-leak/models/tumor/model.json"
};

static const unsigned char file40[] = {
#embed "../../manifests/demo/steps/7-leak/models/tumor/params.yaml"
};

static const unsigned char file41[] = {
#embed "../../manifests/demo/steps/7-leak/models/tumor/schema.yaml"
};

static const unsigned char file42[] = {
#embed "../../manifests/demo/steps/8-retrained/data/tumor-eval.yaml"
};

static const unsigned char file43[] = {
#embed "../../manifests/demo/steps/8-retrained/data/tumor-train.yaml"
};

static const unsigned char file44[] = {
#embed "../../manifests/demo/steps/8-retrained/models/tumor/model.json"
};

static const unsigned char file45[] = {
#embed "../../manifests/demo/steps/8-retrained/models/tumor/params.yaml"
};

static const unsigned char file46[] = {
#embed "../../manifests/demo/steps/8-retrained/models/tumor/schema.yaml"
};

static const unsigned char file47[] = {
#embed "../../manifests/demo/train.py"
};

static const struct CAsset files[] = {
    {"README.md", file0, sizeof file0},
    {"data/eval-v3.csv", file1, sizeof file1},
    {"data/eval.csv", file2, sizeof file2},
    {"data/served.csv", file3, sizeof file3},
    {"data/train-broken.csv", file4, sizeof file4},
    {"data/train-v2.csv", file5, sizeof file5},
    {"data/train-v3.csv", file6, sizeof file6},
    {"data/train.csv", file7, sizeof file7},
    {"probe.py", file8, sizeof file8},
    {"regenerate.py", file9, sizeof file9},
    {"repository/data/tumor-eval.yaml", file10, sizeof file10},
    {"repository/data/tumor-train.yaml", file11, sizeof file11},
    {"repository/environments/dev/environment.yaml", file12, sizeof file12},
    {"repository/environments/production/environment.yaml", file13, sizeof file13},
    {"repository/environments/staging/environment.yaml", file14, sizeof file14},
    {"repository/gates/production.yaml", file15, sizeof file15},
    {"repository/gates/staging.yaml", file16, sizeof file16},
    {"repository/martlet.yaml", file17, sizeof file17},
    {"steps/1-first/environments/dev/tumor.yaml", file18, sizeof file18},
    {"steps/1-first/environments/production/tumor.yaml", file19, sizeof file19},
    {"steps/1-first/environments/staging/tumor.yaml", file20, sizeof file20},
    {"steps/1-first/models/tumor/model.json", file21, sizeof file21},
    {"steps/1-first/models/tumor/model.yaml", file22, sizeof file22},
    {"steps/1-first/models/tumor/params.yaml", file23, sizeof file23},
    {"steps/1-first/models/tumor/schema.yaml", file24, sizeof file24},
    {"steps/1-first/models/tumor/score.py", file25, sizeof file25},
    {"steps/2-better/models/tumor/model.json", file26, sizeof file26},
    {"steps/2-better/models/tumor/params.yaml", file27, sizeof file27},
    {"steps/3-slice/models/tumor/model.json", file28, sizeof file28},
    {"steps/3-slice/models/tumor/params.yaml", file29, sizeof file29},
    {"steps/4-regression/models/tumor/model.json", file30, sizeof file30},
    {"steps/4-regression/models/tumor/params.yaml", file31, sizeof file31},
    {"steps/5-nan/models/tumor/model.json", file32, sizeof file32},
    {"steps/5-nan/models/tumor/params.yaml", file33, sizeof file33},
    {"steps/6-schema/data/tumor-train.yaml", file34, sizeof file34},
    {"steps/6-schema/models/tumor/model.json", file35, sizeof file35},
    {"steps/6-schema/models/tumor/params.yaml", file36, sizeof file36},
    {"steps/7-leak/data/tumor-eval.yaml", file37, sizeof file37},
    {"steps/7-leak/data/tumor-train.yaml", file38, sizeof file38},
    {"steps/7-leak/models/tumor/model.json", file39, sizeof file39},
    {"steps/7-leak/models/tumor/params.yaml", file40, sizeof file40},
    {"steps/7-leak/models/tumor/schema.yaml", file41, sizeof file41},
    {"steps/8-retrained/data/tumor-eval.yaml", file42, sizeof file42},
    {"steps/8-retrained/data/tumor-train.yaml", file43, sizeof file43},
    {"steps/8-retrained/models/tumor/model.json", file44, sizeof file44},
    {"steps/8-retrained/models/tumor/params.yaml", file45, sizeof file45},
    {"steps/8-retrained/models/tumor/schema.yaml", file46, sizeof file46},
    {"train.py", file47, sizeof file47},
};

struct CAssetList CAssetsDemo(void) {
    return (struct CAssetList){files, sizeof files / sizeof files[0]};
}
