/* Files and programs, for `build` and `new`. Functions that return bool print their own complaint (with the system's reason) to
 * stderr when they fail. Paths are ordinary NUL-terminated strings; results of type char * belong to the caller. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

bool hb_file_exists(const char *path); /* any kind of file */
bool hb_dir_exists(const char *path);
bool hb_file_make_dirs(const char *path); /* like mkdir -p */

/* Reads a whole file; the text ends with a NUL that *length (may be NULL) does not count. NULL with a complaint on failure. */
char *hb_file_read(const char *path, size_t *length);
/* Writes by way of a temporary file beside it, so that nobody sees half a file. mode as for chmod. */
bool hb_file_write(const char *path, const void *data, size_t length, unsigned mode);
bool hb_file_copy(const char *from, const char *to, unsigned mode);

/* Called for each regular file below a directory, in byte order of the paths; `relative` is the path below the root. Stops at
 * the first false and returns it. */
typedef bool (*hb_file_visitor)(void *ctx, const char *relative, const char *path);
bool hb_file_walk(const char *root, hb_file_visitor visit, void *ctx);

bool hb_file_copy_tree(const char *from, const char *to); /* regular files; modes 0644 or 0755; symbolic links are followed */
void hb_file_remove_tree(const char *path);               /* as far as it goes, silently */

/* First executable file `name` of PATH, or name itself if it has a slash and is executable; NULL if there is none. */
char *hb_program_find(const char *name);

/* Runs argv[0] (a path) with the environment changed by `env` ("NAME=value" sets, "NAME" unsets; NULL-terminated; may be NULL),
 * in directory `dir` (NULL: here). If `output` is not NULL this is a question: stdout goes there (NUL-terminated, to be freed) and stderr nowhere.
 * Otherwise stderr is ours, and stdout joins it, so that our own stdout stays clean. Returns the exit status, 128 + n after signal n (the child's, or one that was held: then nothing is run), or -1 with a
 * complaint when the program cannot be started. */
int hb_program_run(const char *const *argv, const char *const *env, const char *dir, char **output);
