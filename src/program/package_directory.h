/* A directory of packages as a registry: the files *.elf and *.hbc in it (not below it), known by the id and version that they carry. Files that cannot be read
 * as packages, or do not say both, are no part of it. Two files with the same id and version and different keys make that version unusable:
 * HB_DEPENDENCY_RESOLUTION_FAILED instead of a silent choice. */
#pragma once
#include "program/package_resolve.h"

typedef struct hb_package_directory {
    hb_buf entries; /* id, version and path of each package, by path */
} hb_package_directory;

/* Reads what is there now. HB_IO: the directory cannot be read; HB_OUT_OF_MEMORY. Free also after a failure. */
hb_status hb_package_directory_open(hb_package_directory *out, const char *path, hb_error *err);
void hb_package_directory_free(hb_package_directory *d);

/* The registry; valid as long as d is. Keys are computed when asked for, from the files as they are then. */
hb_package_registry hb_package_directory_registry(hb_package_directory *d);
