/* zkvm_accelerators.h in software. Keccak after the Keccak reference, section 1.2, with the padding of Ethereum's Keccak-256. */
#include <hauptbuch.h>
#include <zkvm_accelerators.h>

#define RATE 136

static void check(const uint8_t *data, size_t len, const void *output)
{
    if (!output || (!data && len > 0))
        hb_panic("zkvm_accelerators: NULL pointer");
}

zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output)
{
    hb_sha256 hash;
    check(data, len, output);
    hb_sha256_init(&hash);
    hb_sha256_update(&hash, data, len);
    hb_sha256_final(&hash, output->data);
    return ZKVM_EOK;
}

static inline uint64_t turn(uint64_t x, unsigned n)
{
    return n ? x << n | x >> (64 - n) : x;
}

/* iota: round constants from the degree-8 shift register, which runs on from round to round. */
static uint64_t next_constant(uint8_t *lfsr)
{
    uint64_t constant = 0;
    for (unsigned j = 0; j < 7; j++) {
        if (*lfsr & 1)
            constant |= UINT64_C(1) << ((1u << j) - 1);
        *lfsr = (uint8_t)(*lfsr << 1 ^ (*lfsr & 0x80 ? 0x71 : 0));
    }
    return constant;
}

static void permute(uint64_t a[25])
{
    uint8_t lfsr = 1;
    for (int round = 0; round < 24; round++) {
        uint64_t c[5], row[5];
        for (int x = 0; x < 5; x++)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int i = 0; i < 25; i++)
            a[i] ^= c[(i + 4) % 5] ^ turn(c[(i + 1) % 5], 1);
        unsigned x = 1, y = 0;
        uint64_t lane = a[1];
        for (unsigned t = 0; t < 24; t++) { /* rho and pi: a walk over the 24 lanes that move */
            const unsigned next_y = (2 * x + 3 * y) % 5;
            x = y, y = next_y;
            const uint64_t old = a[x + 5 * y];
            a[x + 5 * y] = turn(lane, (t + 1) * (t + 2) / 2 % 64);
            lane = old;
        }
        for (int i = 0; i < 25; i += 5) {
            for (int k = 0; k < 5; k++)
                row[k] = a[i + k];
            for (int k = 0; k < 5; k++)
                a[i + k] = row[k] ^ (~row[(k + 1) % 5] & row[(k + 2) % 5]);
        }
        a[0] ^= next_constant(&lfsr);
    }
}

static void absorb(uint64_t state[25], const uint8_t *block)
{
    for (int i = 0; i < RATE / 8; i++) {
        uint64_t lane;
        __builtin_memcpy(&lane, block + 8 * i, 8); /* the machine is little-endian */
        state[i] ^= lane;
    }
    permute(state);
}

zkvm_status zkvm_keccak256(const uint8_t *data, size_t len, zkvm_keccak256_hash *output)
{
    uint64_t state[25] = {0};
    uint8_t last[RATE] = {0};
    check(data, len, output);
    for (; len >= RATE; data += RATE, len -= RATE)
        absorb(state, data);
    if (len > 0)
        __builtin_memcpy(last, data, len);
    last[len] ^= 0x01;
    last[RATE - 1] ^= 0x80;
    absorb(state, last);
    __builtin_memcpy(output->data, state, sizeof output->data);
    return ZKVM_EOK;
}
