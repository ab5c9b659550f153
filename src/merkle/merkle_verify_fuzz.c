/* The opening verifier on arbitrary shapes and bytes: no crash and no step outside its inputs. The cap is all zeros, which no digest that can be found has, so
 * everything must be rejected, and for one of the three documented reasons. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "merkle/merkle_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint32_t cap[256][HB_DIGEST_WORDS];
    static hb_merkle_scratch scratch;
    if (size < 4)
        return 0;
    const unsigned leaves_log2 = data[0] % 34; /* some out of range */
    const size_t count = data[1] % 40, width = 1 + data[2] % 24, siblings = data[3];
    const size_t words = count + count * width;
    hb_reader r = hb_reader_of(data + 4, size - 4);
    /* exact copies, so that the sanitizer sees every step outside */
    uint32_t *numbers = malloc(4 * words + 1);
    uint8_t *digests = malloc(32 * siblings + 1);
    if (!numbers || !digests)
        abort();
    for (size_t i = 0; i < words; i++)
        if (!hb_read_u32(&r, &numbers[i]))
            numbers[i] = (uint32_t)i;
    memset(digests, 7, 32 * siblings);
    size_t left = hb_reader_left(&r);
    if (left)
        memcpy(digests, r.p, left < 32 * siblings ? left : 32 * siblings);
    for (size_t i = 0; i < count && leaves_log2 < 32; i++) /* mostly in range and sorted */
        numbers[i] = data[1] & 0x80 ? numbers[i] : (numbers[i] & 3) + (uint32_t)i * 4;
    hb_error err = {.reason = 0};
    hb_status st = hb_merkle_verify((const uint32_t(*)[HB_DIGEST_WORDS])cap, leaves_log2, numbers, count, numbers + count, width, digests, siblings, &scratch,
                                    &err);
    if (st != HB_REJECTED || (err.reason != HB_R_BAD_LENGTH && err.reason != HB_R_NOT_CANONICAL && err.reason != HB_R_MERKLE_ROOT))
        abort();
    free(numbers), free(digests);
    return 0;
}
