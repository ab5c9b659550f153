#include "rv/elf_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "rv/rvprogram_priv.h"

enum { SHDR_BYTES = 64, SYM_BYTES = 24, SHT_SYMTAB = 2, STT_NOTYPE = 0, STT_FUNC = 2 };

typedef struct span {
    const uint8_t *data;
    size_t len;
} span;

/* The bytes of section `index`; false when the header or the bytes lie outside the file. */
static bool section(const uint8_t *file, size_t len, uint64_t table, uint32_t count, uint32_t index, span *out)
{
    if (index >= count)
        return false;
    const uint8_t *h = file + table + (size_t)index * SHDR_BYTES;
    uint64_t offset = hb_load_le64(h + 24), size = hb_load_le64(h + 32);
    if (offset > len || size > len - offset)
        return false;
    *out = (span){file + offset, (size_t)size};
    return true;
}

/* Symbol table and its strings; false when there is none that is whole. */
static bool find_tables(const uint8_t *file, size_t len, span *symbols, span *names)
{
    uint64_t table = hb_load_le64(file + 40);
    uint32_t count = hb_load_le16(file + 60);
    if (!table || hb_load_le16(file + 58) != SHDR_BYTES || table > len || (uint64_t)count * SHDR_BYTES > len - table)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *h = file + table + (size_t)i * SHDR_BYTES;
        if (hb_load_le32(h + 4) == SHT_SYMTAB)
            return section(file, len, table, count, i, symbols) && section(file, len, table, count, hb_load_le32(h + 40), names) &&
                   names->len > 0 && names->len <= UINT32_MAX;
    }
    return false;
}

/* A function, or a label of hand-written code; not the mapping symbols $x and $d, nor the assembler's own labels (.L). */
static bool wanted(const hb_rv_program *p, const uint8_t *sym, span names)
{
    uint32_t name = hb_load_le32(sym), type = sym[4] & 15;
    uint64_t value = hb_load_le64(sym + 8);
    if (name >= names.len || !names.data[name] || names.data[name] == '$' || (names.data[name] == '.' && name + 1 < names.len && names.data[name + 1] == 'L'))
        return false;
    return value >= p->text_lo && value < p->text_hi &&
           (type == STT_FUNC || type == STT_NOTYPE);
}

static int by_address(const void *a, const void *b)
{
    const hb_rv_symbol *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

void hb_rv_elf_read_symbols(hb_rv_program *p, const uint8_t *bytes, size_t len)
{
    hb_rv_loaded *l = p->priv;
    span symbols, names;
    if (!find_tables(bytes, len, &symbols, &names))
        return;
    size_t n = 0, all = symbols.len / SYM_BYTES;
    for (size_t i = 0; i < all; i++)
        n += wanted(p, symbols.data + i * SYM_BYTES, names);
    if (!n)
        return;
    l->symbols_bytes = n * sizeof *l->symbols;
    l->names_bytes = names.len + 1;
    l->symbols = hb_pages_alloc(l->symbols_bytes);
    l->names = hb_pages_alloc(l->names_bytes);
    if (!l->symbols || !l->names)
        return; /* n_symbols stays 0; freed with the program */
    memcpy(l->names, names.data, names.len); /* the page behind is zero: every string ends */
    for (size_t i = 0; i < all; i++) {
        const uint8_t *s = symbols.data + i * SYM_BYTES;
        if (wanted(p, s, names))
            l->symbols[l->n_symbols++] = (hb_rv_symbol){hb_load_le64(s + 8), hb_load_le32(s)};
    }
    qsort(l->symbols, l->n_symbols, sizeof *l->symbols, by_address);
}
