#pragma once

#include <stddef.h>

// git_libgit2_opts is variadic, which Swift cannot call: one function for each option that Martlet sets.

/// Objects of this type are kept in memory up to this size.
int martlet_git_cache_objects(int type, size_t limit);

/// The most bytes that all repositories together keep in memory.
int martlet_git_cache_size(ptrdiff_t limit);

/// Whether opening compares the repository's owner with the user: Martlet does so itself.
int martlet_git_check_owner(int on);

/// Opens repositories whose configuration names these extensions, too.
int martlet_git_allow_extensions(const char *one, const char *other);
