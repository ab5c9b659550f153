/* The few stable outcomes of a call; they are the public API's (include/hauptbuch/errors.h says more). Freestanding. */
#pragma once

#include "hauptbuch/errors.h"
