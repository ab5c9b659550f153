/* What a program says about itself, on standard output. */
#pragma once
#include "program/package.h"

void hb_cli_print_package(const hb_package *p);
