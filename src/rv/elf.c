/* Layout: Tool Interface Standard "ELF-64 Object File Format", and the RISC-V ELF psABI for the machine number. */
#include "rv/elf.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "rv/elf_symbols.h"

enum {
    EHDR_BYTES = 64,
    PHDR_BYTES = 56,
    ET_EXEC = 2,
    EM_RISCV = 243,
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    PF_X = 1,
    PF_W = 2,
};

static hb_status check_ident(const uint8_t *b, size_t len, hb_error *err)
{
    const char *reason = NULL;
    if (len < EHDR_BYTES || memcmp(b, "\177ELF", 4) != 0)
        reason = "not an ELF file";
    else if (b[4] != 2)
        reason = "not a 64-bit ELF file";
    else if (b[5] != 1)
        reason = "not a little-endian ELF file";
    else if (b[6] != 1 || hb_load_le32(b + 20) != 1)
        reason = "unknown ELF version";
    else if (hb_load_le16(b + 18) != EM_RISCV)
        reason = "not a RISC-V program";
    else if (hb_load_le16(b + 16) != ET_EXEC)
        reason = "not a static executable (ET_EXEC)";
    else if (hb_load_le16(b + 54) != PHDR_BYTES)
        reason = "unknown size of program headers";
    else if (hb_load_le16(b + 56) == 0)
        reason = "no program headers";
    else if (hb_load_le16(b + 56) > HB_ELF_MAX_HEADERS)
        reason = "more than 256 program headers";
    return reason ? hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: %s", reason) : HB_OK;
}

/* Reads header number `number` at h; *load says whether it is a segment to load. */
static hb_status read_header(const uint8_t *file, size_t len, const uint8_t *h, uint32_t number, hb_rv_segment *s, bool *load, hb_error *err)
{
    uint32_t type = hb_load_le32(h), flags = hb_load_le32(h + 4);
    uint64_t offset = hb_load_le64(h + 8), vaddr = hb_load_le64(h + 16), file_bytes = hb_load_le64(h + 32), mem_bytes = hb_load_le64(h + 40);
    *load = type == PT_LOAD;
    if (type == PT_INTERP || type == PT_DYNAMIC)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: header %" PRIu32 ": dynamic linking is not supported", number);
    if (type != PT_LOAD)
        return HB_OK;
    if (offset > len || file_bytes > len - offset)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: header %" PRIu32 ": its bytes lie outside the file", number);
    *s = (hb_rv_segment){.vaddr = vaddr,
                         .data = file + offset,
                         .file_bytes = file_bytes,
                         .mem_bytes = mem_bytes,
                         .writable = flags & PF_W,
                         .executable = flags & PF_X,
                         .flags = flags,
                         .header = number};
    return HB_OK;
}

hb_status hb_rv_elf_load(hb_rv_program *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_rv_segment segments[HB_ELF_MAX_HEADERS];
    size_t n = 0;
    *out = (hb_rv_program){0};
    hb_status st = check_ident(bytes, len, err);
    if (st != HB_OK)
        return st;
    uint64_t entry = hb_load_le64(bytes + 24), table = hb_load_le64(bytes + 32);
    uint32_t headers = hb_load_le16(bytes + 56);
    if (table > len || headers * (uint64_t)PHDR_BYTES > len - table)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: the program headers lie outside the file");
    for (uint32_t i = 0; i < headers; i++) {
        bool load;
        st = read_header(bytes, len, bytes + table + i * (size_t)PHDR_BYTES, i, &segments[n], &load, err);
        if (st != HB_OK)
            return st;
        n += load;
    }
    st = hb_rv_program_build(out, segments, n, entry, err);
    if (st == HB_OK)
        hb_rv_elf_read_symbols(out, bytes, len);
    return st;
}
