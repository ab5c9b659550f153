/* What an air record leaves open until a proof is made: bus challenges, public words, key constants. Freestanding. */
#pragma once
#include "air/air.h"
#include "field/k.h"

/* docs/protocol.md 5: fp(bus; v) = alpha - sum beta[j] v_j - beta_tag bus. */
typedef struct hb_bus_challenges {
    hb_k alpha, beta[16], beta_tag;
} hb_bus_challenges;

/* Which challenges a bus has: GLOBAL the run's, all others the proof's own. */
static inline const hb_bus_challenges *hb_bus_challenges_of(uint32_t bus, const hb_bus_challenges *own, const hb_bus_challenges *global)
{
    return bus == HB_BUS_GLOBAL ? global : own;
}

#define HB_PUBLIC_WORDS 17u /* 8 public-values digest, 8 deferred digest, exit code */

typedef struct hb_air_publics {
    hb_f key[HB_KEY_COUNT];
    hb_f pv_lo[HB_PUBLIC_WORDS], pv_hi[HB_PUBLIC_WORDS]; /* low and high 16 bits of each word */
} hb_air_publics;

/* key: HB_KEY_* as integers below p (the shard index too). words: any 32-bit words. */
static inline hb_air_publics hb_air_publics_of(const uint32_t key[HB_KEY_COUNT], const uint32_t words[HB_PUBLIC_WORDS])
{
    hb_air_publics p;
    for (uint32_t i = 0; i < HB_KEY_COUNT; i++)
        p.key[i] = hb_f_from_u32(key[i]);
    for (uint32_t i = 0; i < HB_PUBLIC_WORDS; i++) {
        p.pv_lo[i] = hb_f_from_u32(words[i] & 0xffffu);
        p.pv_hi[i] = hb_f_from_u32(words[i] >> 16);
    }
    return p;
}
