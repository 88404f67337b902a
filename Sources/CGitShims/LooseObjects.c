#include "CGitShims.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

// A header is "KIND SIZE" and a zero byte.
enum { LONGEST_HEADER = 32, PIECE = 16384, PATH_ROOM = 4096 };

typedef struct {
    git_odb_backend parent;
    char folder[];
} loose_objects;

/// An object whose file is being unpacked.
typedef struct {
    int file;
    z_stream stream;
    int ended;
    // What its header says, and the bytes behind that which were unpacked with it.
    size_t size;
    git_object_t kind;
    unsigned char rest[LONGEST_HEADER];
    size_t rest_count;
    unsigned char piece[PIECE];
} unpacking;

static int damaged(const char *what) {
    git_error_set_str(GIT_ERROR_ODB, what);
    return GIT_ERROR;
}

/// Opens the file of an object. What cannot be opened though it is there is left to libgit2, which says why.
static int open_file(unpacking *from, git_odb_backend *backend, const git_oid *id) {
    char name[GIT_OID_HEXSZ + 1], path[PATH_ROOM];
    git_oid_tostr(name, sizeof name, id);
    const char *folder = ((loose_objects *)backend)->folder;
    if (snprintf(path, sizeof path, "%s/%.2s/%s", folder, name, name + 2) >= (int)sizeof path) return GIT_PASSTHROUGH;
    from->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (from->file < 0) return errno == ENOENT || errno == ENOTDIR ? GIT_ENOTFOUND : GIT_PASSTHROUGH;
    memset(&from->stream, 0, sizeof from->stream);
    from->ended = 0;
    if (inflateInit(&from->stream) == Z_OK) return 0;
    close(from->file);
    return damaged("zlib does not start");
}

static void close_file(unpacking *from) {
    inflateEnd(&from->stream);
    close(from->file);
}

/// Unpacks until `room` is full or the object ends, and sets `count` to how many bytes these are.
static int unpack(unpacking *from, unsigned char *bytes, size_t room, size_t *count) {
    *count = 0;
    while (*count < room && !from->ended) {
        if (from->stream.avail_in == 0) {
            ssize_t more = read(from->file, from->piece, PIECE);
            if (more < 0 && errno == EINTR) continue;
            if (more < 0) return damaged(strerror(errno));
            if (more == 0) return damaged("the file ends before the object");
            from->stream.next_in = from->piece;
            from->stream.avail_in = (uInt)more;
        }
        size_t left = room - *count;
        uInt step = left < 1u << 30 ? (uInt)left : 1u << 30;
        from->stream.next_out = bytes + *count;
        from->stream.avail_out = step;
        int code = inflate(&from->stream, Z_NO_FLUSH);
        *count += step - from->stream.avail_out;
        if (code == Z_STREAM_END) from->ended = 1;
        else if (code != Z_OK && code != Z_BUF_ERROR) return damaged("what zlib packed is broken");
    }
    return 0;
}

static int read_header(unpacking *from) {
    unsigned char start[LONGEST_HEADER];
    size_t got;
    int error = unpack(from, start, sizeof start, &got);
    if (error < 0) return error;
    unsigned char *end = memchr(start, 0, got);
    unsigned char *space = end ? memchr(start, ' ', (size_t)(end - start)) : NULL;
    if (!space || space + 1 == end) return damaged("its header is broken");
    *space = 0;
    from->kind = git_object_string2type((char *)start);
    if (!git_object_typeisloose(from->kind)) return damaged("its header names no kind of object");
    from->size = 0;
    for (unsigned char *digit = space + 1; digit < end; digit++) {
        if (*digit < '0' || *digit > '9' || from->size > (SIZE_MAX >> 8)) return damaged("its header names no size");
        from->size = from->size * 10 + (size_t)(*digit - '0');
    }
    from->rest_count = got - (size_t)(end + 1 - start);
    memcpy(from->rest, end + 1, from->rest_count);
    return 0;
}

/// Opens an object and reads its header. Where that fails nothing is left open.
static int open_object(unpacking *from, git_odb_backend *backend, const git_oid *id) {
    int error = open_file(from, backend, id);
    if (error < 0) return error;
    error = read_header(from);
    if (error < 0) close_file(from);
    return error;
}

static int header_of(size_t *size, git_object_t *kind, git_odb_backend *backend, const git_oid *id) {
    unpacking from;
    int error = open_object(&from, backend, id);
    if (error < 0) return error;
    close_file(&from);
    *size = from.size;
    *kind = from.kind;
    return 0;
}

static int read_content(unpacking *from, unsigned char *bytes) {
    if (from->rest_count > from->size) return damaged("it is longer than its header says");
    memcpy(bytes, from->rest, from->rest_count);
    size_t wanted = from->size - from->rest_count, more, beyond;
    int error = unpack(from, bytes + from->rest_count, wanted, &more);
    if (error < 0) return error;
    unsigned char extra;
    error = unpack(from, &extra, 1, &beyond);
    if (error < 0) return error;
    if (more != wanted || beyond > 0) return damaged("its size is not what its header says");
    return 0;
}

static int read_object(void **data, size_t *size, git_object_t *kind, git_odb_backend *backend, const git_oid *id) {
    unpacking from;
    int error = open_object(&from, backend, id);
    if (error < 0) return error;
    // As libgit2 does: a zero byte behind the content.
    unsigned char *bytes = from.size < SIZE_MAX ? git_odb_backend_data_alloc(backend, from.size + 1) : NULL;
    error = bytes ? read_content(&from, bytes) : damaged("there is no memory for it");
    close_file(&from);
    if (error < 0) {
        git_odb_backend_data_free(backend, bytes);
        return error;
    }
    bytes[from.size] = 0;
    *data = bytes;
    *size = from.size;
    *kind = from.kind;
    return 0;
}

/// Completes an abbreviated id.
static int complete(git_oid *full, git_odb_backend *backend, const git_oid *id, size_t length) {
    char name[GIT_OID_HEXSZ + 1], path[PATH_ROOM];
    git_oid_tostr(name, sizeof name, id);
    if (length < 2) return GIT_PASSTHROUGH;
    if (snprintf(path, sizeof path, "%s/%.2s", ((loose_objects *)backend)->folder, name) >= (int)sizeof path)
        return GIT_PASSTHROUGH;
    DIR *names = opendir(path);
    if (!names) return errno == ENOENT || errno == ENOTDIR ? GIT_ENOTFOUND : GIT_PASSTHROUGH;
    int found = 0;
    for (struct dirent *entry; (entry = readdir(names));) {
        if (strlen(entry->d_name) != GIT_OID_HEXSZ - 2) continue;
        if (strncmp(entry->d_name, name + 2, length - 2) != 0) continue;
        memcpy(name + 2, entry->d_name, GIT_OID_HEXSZ - 2);
        if (git_oid_fromstr(full, name) == 0) found++;
    }
    closedir(names);
    if (found <= 1) return found == 1 ? 0 : GIT_ENOTFOUND;
    git_error_set_str(GIT_ERROR_ODB, "several objects start so");
    return GIT_EAMBIGUOUS;
}

static int read_abbreviated(
    git_oid *full, void **data, size_t *size, git_object_t *kind, git_odb_backend *backend, const git_oid *id,
    size_t length) {
    int error = complete(full, backend, id, length);
    return error < 0 ? error : read_object(data, size, kind, backend, full);
}

static void free_backend(git_odb_backend *backend) { free(backend); }

int martlet_git_read_loose_objects(git_odb *database, const char *folder, int is_alternate) {
    loose_objects *made = calloc(1, sizeof *made + strlen(folder) + 1);
    if (!made) return damaged("there is no memory");
    strcpy(made->folder, folder);
    git_odb_backend *backend = &made->parent;
    backend->version = GIT_ODB_BACKEND_VERSION;
    backend->read = read_object;
    backend->read_header = header_of;
    backend->read_prefix = read_abbreviated;
    backend->free = free_backend;
    // After the packs, which have priority 2, too, and come first; before libgit2's own loose objects, which have 1.
    int error = is_alternate ? git_odb_add_alternate(database, backend, 2) : git_odb_add_backend(database, backend, 2);
    if (error < 0) free(made);
    return error;
}
