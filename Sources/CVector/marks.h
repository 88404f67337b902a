#pragma once

#include <stdint.h>

/* Of 64 bytes of delimited text: which end a field, which need a closer look, which are no ASCII. Bit i is byte i. */
typedef struct {
    uint64_t ends;
    uint64_t unusual;
    uint64_t high;
} martlet_marks;

#if defined(__SSE2__)

#include <emmintrin.h>

/* Fields end with the delimiter or LF; quotes, CR and NUL are unusual. */
static inline __attribute__((always_inline)) martlet_marks martlet_find_marks(const uint8_t *bytes, uint8_t delimiter) {
    const __m128i delimiters = _mm_set1_epi8((char)delimiter);
    martlet_marks marks = {0, 0, 0};
    for (int part = 0; part < 4; part++) {
        __m128i text = _mm_loadu_si128((const __m128i *)(bytes + 16 * part));
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(text, delimiters), _mm_cmpeq_epi8(text, _mm_set1_epi8('\n')));
        __m128i unusual = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')), _mm_cmpeq_epi8(text, _mm_set1_epi8('\r'))),
            _mm_cmpeq_epi8(text, _mm_setzero_si128()));
        marks.ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(ends) << (16 * part);
        marks.unusual |= (uint64_t)(uint32_t)_mm_movemask_epi8(unusual) << (16 * part);
        marks.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(text) << (16 * part);
    }
    return marks;
}

#else

/* Compilers turn this loop into vector instructions where they can. */
static inline __attribute__((always_inline)) martlet_marks martlet_find_marks(const uint8_t *bytes, uint8_t delimiter) {
    martlet_marks marks = {0, 0, 0};
    for (int place = 0; place < 64; place++) {
        uint8_t byte = bytes[place];
        marks.ends |= (uint64_t)(byte == delimiter || byte == '\n') << place;
        marks.unusual |= (uint64_t)(byte == '"' || byte == '\r' || byte == 0) << place;
        marks.high |= (uint64_t)(byte >> 7) << place;
    }
    return marks;
}

#endif
