#!/usr/bin/env bash
# The Kubernetes of Debian 12 carries a reflect2 older than Go 1.18, whose map iterator the newer runtime overruns: the API
# server dies as soon as somebody asks for pretty JSON or YAML (curl does so by its user agent). Runs in the source's root.
set -euo pipefail
file=vendor/github.com/modern-go/reflect2/unsafe_map.go
link=vendor/github.com/modern-go/reflect2/unsafe_link.go
grep -q "func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer) \*hiter" "$link" || { echo "reflect2 is not the version expected" >&2; exit 1; }
sed -i "s/func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer) \*hiter/func mapiterinit(rtype unsafe.Pointer, m unsafe.Pointer, it *hiter)/" "$link"
python3 - "$file" "$link" <<'P'
import re, sys
for path in sys.argv[1:]:
    text = open(path).read()
    text = re.sub(r'type hiter struct \{.*?\n\}', '''type hiter struct {
	key, value, t, h, buckets, bptr unsafe.Pointer
	overflow, oldoverflow           *[]unsafe.Pointer
	startBucket                     uintptr
	offset                          uint8
	wrapped                         bool
	B, i                            uint8
	bucket, checkBucket             uintptr
}''', text, flags=re.S)
    text = re.sub(r'return &UnsafeMapIterator\{\n\s*hiter:\s*mapiterinit\(type2\.rtype, \*\(\*unsafe\.Pointer\)\(obj\)\),', '''var it hiter
	mapiterinit(type2.rtype, *(*unsafe.Pointer)(obj), &it)
	return &UnsafeMapIterator{
		hiter:      &it,''', text)
    open(path, 'w').write(text)
P
grep -q 'mapiterinit(type2.rtype, \*(\*unsafe.Pointer)(obj), &it)' "$file"
