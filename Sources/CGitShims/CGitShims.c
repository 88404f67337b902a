#include "CGitShims.h"

#include <git2.h>
#include <sys/types.h>

int martlet_git_cache_objects(int type, size_t limit) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, type, limit);
}

int martlet_git_cache_size(ptrdiff_t limit) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)limit);
}

int martlet_git_check_owner(int on) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, on);
}

int martlet_git_allow_extensions(const char *one, const char *other) {
    const char *names[] = {one, other};
    return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)2);
}

// Where libgit2 is built with mbedTLS, starting it reads all certificates of the machine, which takes longer than what a
// hook has to do. Martlet's network is the git program's, so libgit2 gets none: this stands before mbedTLS's own function,
// and a connection that libgit2 made all the same would trust nobody.
int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
    (void)chain;
    (void)path;
    return 0;
}
