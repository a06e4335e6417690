package values

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ByteSize is a size in bytes. In the file it has a unit, as in 16MiB, 64KiB or 10MB, or is
// a plain number of bytes.
type ByteSize int64

var (
	errSizeForm  = errors.New("is not a size; write it like 16MiB, 64KiB or 10MB")
	errSizeSign  = errors.New("is a negative size")
	errSizeRange = errors.New("is a size too large to count")
)

// byteUnits returns the units, larger before smaller and longer names before shorter ones,
// so that the first match is the right one.
func byteUnits() []struct {
	name  string
	bytes int64
} {
	return []struct {
		name  string
		bytes int64
	}{
		{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1}, {"", 1},
	}
}

// ParseByteSize parses a size as in the file. Its error messages continue a sentence that
// begins with the text.
func ParseByteSize(text string) (ByteSize, error) {
	digits, negative := strings.CutPrefix(text, "-")
	for _, unit := range byteUnits() {
		number, found := strings.CutSuffix(digits, unit.name)
		if !found {
			continue
		}
		count, err := strconv.ParseUint(strings.TrimSpace(number), 10, 63)
		switch {
		case errors.Is(err, strconv.ErrRange), err == nil && count > uint64(math.MaxInt64/unit.bytes):
			return 0, errSizeRange
		case err != nil:
			return 0, errSizeForm
		case negative:
			return 0, errSizeSign
		}
		return ByteSize(count) * ByteSize(unit.bytes), nil
	}
	return 0, errSizeForm
}

// String returns the size in the largest unit that gives a whole number.
func (s ByteSize) String() string {
	for _, unit := range byteUnits() {
		if s != 0 && int64(s)%unit.bytes == 0 {
			return strconv.FormatInt(int64(s)/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText returns the same as [ByteSize.String], for JSON, YAML and loggers.
func (s ByteSize) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
