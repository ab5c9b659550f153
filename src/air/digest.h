/* The canonical text of a record and its digest, which enters the verifying key (docs/protocol.md 11). Freestanding.
 *
 * The text lists everything that a proof depends on, one item a line, numbers in decimal, in recording order: the chip's name and columns, every node of
 * the expression graph by the numbers of its operands, constraints with their labels, uses with flag and tuple, terms with their
 * tree and members. Two records with the same text have the same rules; the text has linear size. For people there is air/doc.h. */
#pragma once
#include "air/record.h"
#include "hash/blake3.h"

#define HB_AIR_DIGEST_BYTES 32

/* Where text goes; `put` may be called with any number of bytes. */
typedef struct hb_air_sink {
    void (*put)(void *ctx, const char *bytes, size_t n);
    void *ctx;
} hb_air_sink;

/* column_names: pre_width + width names, or NULL. The record must be finished. */
void hb_air_write_text(const hb_air *air, const char *name, const char *const *column_names, hb_air_sink sink);

/* Appends the text to what h has seen: the machine digest hashes the texts of all chips in order. */
void hb_air_hash_text(const hb_air *air, const char *name, const char *const *column_names, hb_blake3 *h);

/* BLAKE3 of the text. */
void hb_air_digest(const hb_air *air, const char *name, const char *const *column_names, uint8_t digest[HB_AIR_DIGEST_BYTES]);

/* --- for the files of this room --------------------------------------------------------------------------------------------------- */
void hb_air_put(hb_air_sink sink, const char *text);
void hb_air_put_u32(hb_air_sink sink, uint32_t value);
