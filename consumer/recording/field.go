package recording

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	amqp "github.com/rabbitmq/amqp091-go"
)

// maxDepth is how deep headers may nest.
const maxDepth = 64

// appendTable appends {name: field, …}, sorted by name.
func appendTable(dst []byte, table map[string]any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, fmt.Errorf("headers are nested more than %d deep", maxDepth)
	}
	o := object{buf: append(dst, '{')}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		o.key(name)
		var err error
		if o.buf, err = appendField(o.buf, table[name], depth); err != nil {
			return dst, fmt.Errorf("header %q: %w", name, err)
		}
	}
	o.close()
	return o.buf, nil
}

// appendField appends {"t": letter, "v": value}.
func appendField(dst []byte, v any, depth int) ([]byte, error) {
	letter, err := letterOf(v)
	if err != nil {
		return dst, err
	}
	o := object{buf: append(dst, '{')}
	o.text("t", string(letter))
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			o.bytes("b64", []byte(v))
			break
		}
		o.text("v", v)
	case []byte:
		o.bytes("b64", v)
	default:
		o.key("v")
		o.buf, err = appendValue(o.buf, v, depth)
	}
	o.close()
	return o.buf, err
}

func letterOf(v any) (byte, error) {
	switch v.(type) {
	case nil:
		return 'V', nil
	case bool:
		return 't', nil
	case int8:
		return 'b', nil
	case uint8:
		return 'B', nil
	case int16:
		return 's', nil
	case uint16:
		return 'u', nil
	case int32:
		return 'I', nil
	case uint32:
		return 'i', nil
	case int, int64:
		return 'l', nil
	case float32:
		return 'f', nil
	case float64:
		return 'd', nil
	case amqp.Decimal:
		return 'D', nil
	case string:
		return 'S', nil
	case []byte:
		return 'x', nil
	case time.Time:
		return 'T', nil
	case []any:
		return 'A', nil
	case amqp.Table, map[string]any:
		return 'F', nil
	}
	return 0, fmt.Errorf("AMQP has no type for a %T", v)
}

func appendValue(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case float32:
		return appendFloat(dst, float64(v), 32), nil
	case float64:
		return appendFloat(dst, v, 64), nil
	case amqp.Decimal:
		return fmt.Appendf(dst, `{"scale": %d, "value": %d}`, v.Scale, v.Value), nil
	case time.Time:
		return strconv.AppendInt(dst, v.Unix(), 10), nil
	case []any:
		return appendList(dst, v, depth+1)
	case amqp.Table:
		return appendTable(dst, v, depth+1)
	case map[string]any:
		return appendTable(dst, v, depth+1)
	}
	return fmt.Append(dst, v), nil // the integers
}

func appendList(dst []byte, list []any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, fmt.Errorf("headers are nested more than %d deep", maxDepth)
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		var err error
		if dst, err = appendField(dst, v, depth); err != nil {
			return dst, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return append(dst, ']'), nil
}

func appendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(dst, `"-Infinity"`...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits)
}
