#include "CGitShims.h"

#include <git2.h>
#include <sys/types.h>

int martlet_git_cache_objects(int type, size_t limit) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, type, limit);
}

int martlet_git_cache_size(ptrdiff_t limit) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)limit);
}

int martlet_git_allow_extension(const char *name) {
    const char *names[] = {name};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)1);
}
