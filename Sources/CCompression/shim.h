#pragma once

#include <lz4.h>
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

/* Macros that Swift does not import. */
static inline int martlet_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
