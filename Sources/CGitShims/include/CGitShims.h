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

struct git_odb;

/// Has a database read the loose objects below `folder` by itself, before libgit2 does: libgit2 1.5 unpacks a file that ends too
/// early for ever.
int martlet_git_read_loose_objects(struct git_odb *database, const char *folder, int is_alternate);
