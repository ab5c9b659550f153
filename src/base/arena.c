#include "base/arena.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

#if defined __SANITIZE_ADDRESS__
#define HB_ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HB_ASAN 1
#endif
#endif

/* Under AddressSanitizer, touching arena memory that is not handed out is reported. */
#ifdef HB_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define HUGE_PAGE ((size_t)2 << 20)

/* bytes rounded up to a multiple of unit (a power of two), or 0 when that overflows. */
static size_t round_up(size_t bytes, size_t unit)
{
    return bytes > SIZE_MAX - (unit - 1) ? 0 : (bytes + unit - 1) & ~(unit - 1);
}

static size_t mapped_size(size_t bytes)
{
    return round_up(bytes ? bytes : 1, (size_t)sysconf(_SC_PAGESIZE));
}

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *hb_pages_alloc(size_t bytes)
{
    size_t size = mapped_size(bytes);
    if (!size || size > SIZE_MAX - HUGE_PAGE)
        return NULL;
    if (size < HUGE_PAGE)
        return map(size);

    /* Map one huge page too much, then cut the ends off so that what stays is aligned. */
    uint8_t *raw = map(size + HUGE_PAGE);
    if (!raw)
        return NULL;
    size_t head = (size_t)(-(uintptr_t)raw & (HUGE_PAGE - 1));
    size_t tail = HUGE_PAGE - head;
    if (head)
        munmap(raw, head);
    munmap(raw + head + size, tail);
#ifdef MADV_HUGEPAGE
    madvise(raw + head, size, MADV_HUGEPAGE); /* advice only: a refusal costs speed, nothing else */
#endif
    return raw + head;
}

void hb_pages_free(void *p, size_t bytes)
{
    if (p)
        munmap(p, mapped_size(bytes));
}

hb_status hb_arena_init(hb_arena *a, size_t bytes)
{
    *a = (hb_arena){0};
    size_t size = round_up(bytes ? bytes : 1, HB_ARENA_ALIGN);
    uint8_t *base = size ? hb_pages_alloc(size) : NULL;
    if (!base)
        return HB_OUT_OF_MEMORY;
    *a = (hb_arena){.base = base, .size = size};
    POISON(base, size);
    return HB_OK;
}

void hb_arena_free(hb_arena *a)
{
    if (a->base) {
        UNPOISON(a->base, a->size);
        hb_pages_free(a->base, a->size);
    }
    *a = (hb_arena){0};
}

void *hb_arena_alloc(hb_arena *a, size_t bytes)
{
    size_t size = round_up(bytes ? bytes : 1, HB_ARENA_ALIGN);
    if (!size || size > a->size - a->used)
        return NULL;
    uint8_t *p = a->base + a->used;
    a->used += size;
    if (a->used > a->peak)
        a->peak = a->used;
    UNPOISON(p, bytes);
    return p;
}

void *hb_arena_alloc_many(hb_arena *a, size_t count, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : hb_arena_alloc(a, bytes);
}

size_t hb_arena_mark(const hb_arena *a)
{
    return a->used;
}

void hb_arena_release(hb_arena *a, size_t mark)
{
    HB_ASSERT(mark <= a->used && mark % HB_ARENA_ALIGN == 0);
    if (mark < a->used)
        POISON(a->base + mark, a->used - mark);
    a->used = mark;
}

size_t hb_arena_peak(const hb_arena *a)
{
    return a->peak;
}
