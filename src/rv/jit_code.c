#include "rv/jit_code.h"

#include "rv/jit.h"

#if HB_RV_JIT
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

/* Pages that hold [from, to). */
static bool protect(const hb_jit_code *c, size_t from, size_t to, int how)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), lo = from & ~(page - 1), hi = (to + page - 1) & ~(page - 1);
    return mprotect(c->base + lo, hi - lo, how) == 0;
}

bool hb_jit_code_init(hb_jit_code *c, size_t size, size_t data_size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *c = (hb_jit_code){.size = (size + page - 1) & ~(page - 1), .data_size = (data_size + page - 1) & ~(page - 1)};
    void *p = mmap(NULL, c->size + c->data_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        *c = (hb_jit_code){0};
        return false;
    }
    c->base = p;
    c->data = c->base + c->size;
    /* asks for the right to execute now, so that a refusal is known before anything is translated */
    if (mprotect(c->data, c->data_size, PROT_READ | PROT_WRITE) != 0 || !protect(c, 0, page, PROT_READ | PROT_EXEC) ||
        !protect(c, 0, page, PROT_NONE)) {
        hb_jit_code_free(c);
        return false;
    }
    return true;
}

void hb_jit_code_free(hb_jit_code *c)
{
    if (c->base)
        munmap(c->base, c->size + c->data_size);
    *c = (hb_jit_code){0};
}

bool hb_jit_code_open(hb_jit_code *c, size_t from, size_t to)
{
    HB_ASSERT(c->open_from == c->open_to && from < to && to <= c->size);
    if (!protect(c, from, to, PROT_READ | PROT_WRITE))
        return false;
    c->open_from = from;
    c->open_to = to;
    return true;
}

bool hb_jit_code_close(hb_jit_code *c)
{
    const bool done = c->open_from == c->open_to || protect(c, c->open_from, c->open_to, PROT_READ | PROT_EXEC);
    c->open_from = c->open_to = 0;
    return done;
}
#endif
