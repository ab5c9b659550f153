/* Plain bodies for string.h. The compiler must not turn a loop here into a call of the function that it is the body of; -ffreestanding
 * implies -fno-builtin, which says so. Word-wise where both sides are aligned, since verifiers move mostly words. */
#include <stdint.h>
#include <string.h>

typedef uintptr_t __attribute__((may_alias)) word;
enum { WORD = sizeof(word) };

static int aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

static void copy_forward(unsigned char *t, const unsigned char *f, size_t n)
{
    if (aligned(t, f))
        for (; n >= WORD; n -= WORD, t += WORD, f += WORD)
            *(word *)(void *)t = *(const word *)(const void *)f;
    while (n--)
        *t++ = *f++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    copy_forward(to, from, n);
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if ((uintptr_t)t - (uintptr_t)f >=
        n) /* t is below f, or beyond its end: forward never overwrites what is still to be read */
        copy_forward(t, f, n);
    else
        while (n--)
            t[n] = f[n];
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    unsigned char *t = to;
    word pattern = (unsigned char)byte * (~(word)0 / 255);
    if (aligned(t, t))
        for (; n >= WORD; n -= WORD, t += WORD)
            *(word *)(void *)t = pattern;
    while (n--)
        *t++ = (unsigned char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    for (; n--; p++, q++)
        if (*p != *q)
            return *p < *q ? -1 : 1;
    return 0;
}
