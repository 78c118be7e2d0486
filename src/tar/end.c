/* What stands behind the last entry: a second zero block, zeros up to the blocking of whoever wrote
 * it, and what should not be there. */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "tar/header.h"
#include "tar/internal.h"

/* Consumes zeros. 0: another byte is next; 1: the input has ended. */
static int pass_zeros(struct sb_input *input, struct sb_error *error) {
    for (;;) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status)
            return status;
        size_t zeros = sb_span_zeros(bytes);
        sb_input_consume(input, zeros);
        if (zeros < bytes.size)
            return 0;
    }
}

/* The header of the index that BuildKit and stargz-snapshotter put behind a layer's end for lazy
 * readers (stargz-snapshotter, docs/estargz.md); every engine stops before it. */
static bool is_estargz_index(const unsigned char *block, uint64_t *size) {
    return sb_tar_checksum_matches(block) &&
           sb_span_is(sb_tar_field_text(block, SB_TAR_NAME), "stargz.index.json") &&
           sb_tar_number_parse(sb_tar_field_bytes(block, SB_TAR_SIZE), size) == SB_TAR_NUMBER_OK;
}

/* A byte that is not zero is next. 0: it is of another thing; 1: it was the index, and zeros. */
static int pass_estargz_index(struct sb_tar_reader *reader, struct sb_error *error) {
    unsigned char block[SB_TAR_BLOCK];
    uint64_t size, skipped;
    size_t got;
    if (sb_input_read(reader->input, block, sizeof block, &got, error) < 0)
        return -1;
    if (got < sizeof block || !is_estargz_index(block, &size))
        return 0;
    uint64_t padded = size + (SB_TAR_BLOCK - size % SB_TAR_BLOCK) % SB_TAR_BLOCK;
    if (padded < size)
        return 0;
    if (sb_input_skip(reader->input, padded, &skipped, error) < 0)
        return -1;
    return skipped < padded ? 0 : pass_zeros(reader->input, error);
}

/* 1: the input has ended; *odd is set to where something begins that should not be there. */
static int pass_rest(struct sb_tar_reader *reader, uint64_t begin, uint64_t *odd,
                     struct sb_error *error) {
    int status = pass_zeros(reader->input, error);
    if (status)
        return status;
    uint64_t at = reader->input->position, into = at - begin;
    if (!reader->envelope && into >= (uint64_t)2 * SB_TAR_BLOCK && into % SB_TAR_BLOCK == 0) {
        status = pass_estargz_index(reader, error);
        if (status > 0)
            sb_finding_add(reader->findings, SB_FINDING_ESTARGZ_INDEX, reader->where,
                           "at offset %" PRIu64, at);
        if (status)
            return status;
    }
    *odd = at;
    return sb_input_skip(reader->input, UINT64_MAX, NULL, error) < 0 ? -1 : 1;
}

int sb_tar_read_end(struct sb_tar_reader *reader, uint64_t begin, struct sb_error *error) {
    uint64_t odd = 0;
    char place[256];
    if (pass_rest(reader, begin, &odd, error) < 0)
        return sb_error_wrap(error, "%s", reader->where);
    reader->ended = true;
    reader->end_size = reader->input->position - begin;
    snprintf(place, sizeof place, "%.200s: offset %" PRIu64, reader->where, odd ? odd : begin);
    if (odd && odd < begin + (uint64_t)2 * SB_TAR_BLOCK)
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "%s: one zero block and then more, at offset %" PRIu64
                            ": engines refuse it, some readers go on",
                            reader->where, odd);
    if (odd)
        sb_finding_add(reader->findings, SB_FINDING_DATA_AFTER_END, place,
                       "bytes that are not zero after the end of the archive");
    else if (reader->end_size > SB_LIMIT_END_ZEROS)
        sb_finding_add(reader->findings, SB_FINDING_END_LONG, place,
                       "%" PRIu64 " bytes of zeros end the archive", reader->end_size);
    else if (reader->end_size < (uint64_t)2 * SB_TAR_BLOCK)
        sb_finding_add(reader->findings, SB_FINDING_END_MISSING, place,
                       "one zero block ends the archive, not two");
    return 1;
}
