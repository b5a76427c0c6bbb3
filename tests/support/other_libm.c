/* A mathematical library that differs from this machine's in the last bit of some functions, for LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>

#define DIFFERENT(type, name, next)                                              \
    type name(type x) {                                                          \
        static type (*own)(type);                                                \
        if (!own) own = (type (*)(type))dlsym(RTLD_NEXT, #name);                 \
        type y = own(x);                                                         \
        return isfinite(y) && y != 0 ? next(y, (type)INFINITY) : y;              \
    }

DIFFERENT(double, erf, nextafter)
DIFFERENT(double, erfc, nextafter)
DIFFERENT(double, log1p, nextafter)
DIFFERENT(double, expm1, nextafter)
DIFFERENT(double, tanh, nextafter)
DIFFERENT(double, sinh, nextafter)
DIFFERENT(double, lgamma, nextafter)
DIFFERENT(double, log2, nextafter)
DIFFERENT(float, erff, nextafterf)
DIFFERENT(float, log1pf, nextafterf)
DIFFERENT(float, expm1f, nextafterf)
DIFFERENT(float, tanhf, nextafterf)
