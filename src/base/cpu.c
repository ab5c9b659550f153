#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"

static _Atomic int api_cap = HB_ISA_AVX512;
static _Atomic int machine_cap = -1; /* detected and environment, once known */

const char *hb_isa_name(hb_isa isa)
{
    static const char *const names[HB_ISA_COUNT] = {"baseline", "avx2", "avx512"};
    return (unsigned)isa < HB_ISA_COUNT ? names[isa] : "unknown";
}

hb_isa hb_isa_detected(void)
{
#if defined __x86_64__
    /* The compiler's run-time support also asks the system whether it saves the wide registers (XCR0). */
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2"))
        return HB_ISA_BASELINE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return HB_ISA_AVX512;
    return HB_ISA_AVX2;
#else
    return HB_ISA_BASELINE;
#endif
}

static hb_isa environment_cap(void)
{
    const char *text = getenv("HB_ISA");
    if (!text || !*text)
        return HB_ISA_AVX512;
    for (hb_isa isa = HB_ISA_BASELINE; isa < HB_ISA_COUNT; isa++)
        if (!strcmp(text, hb_isa_name(isa)))
            return isa;
    hb_log(HB_LOG_WARN, "HB_ISA=%s is none of baseline, avx2, avx512: using baseline", text);
    return HB_ISA_BASELINE;
}

hb_isa hb_isa_current(void)
{
    int machine = atomic_load_explicit(&machine_cap, memory_order_relaxed);
    if (machine < 0) {
        /* Two threads may both come here; they compute the same answer. */
        hb_isa detected = hb_isa_detected(), wanted = environment_cap();
        machine = (int)(detected < wanted ? detected : wanted);
        atomic_store_explicit(&machine_cap, machine, memory_order_relaxed);
    }
    int cap = atomic_load_explicit(&api_cap, memory_order_relaxed);
    return (hb_isa)(machine < cap ? machine : cap);
}

void hb_isa_cap(hb_isa cap)
{
    HB_ASSERT((unsigned)cap < HB_ISA_COUNT);
    atomic_store_explicit(&api_cap, (int)cap, memory_order_relaxed);
}
