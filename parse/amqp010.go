package parse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// The old qpid messagebus plugin sent AMQP 0-10 maps instead of JSON. Brokers that bridge
// them to AMQP 0-9-1 forward the bytes unchanged, or as an AMQP 1.0 map. The functions here
// convert both to JSON.

// maxMapDepth is the depth to which lists and maps are read. Deeper values become null.
const maxMapDepth = 100

// isMap010 reports whether a body is an AMQP 0-10 map: its size in four bytes, followed by
// that number of bytes.
func isMap010(body []byte) bool {
	return len(body) >= 8 && uint64(binary.BigEndian.Uint32(body)) == uint64(len(body)-4)
}

// json010 converts an AMQP 0-10 map to JSON.
//
// Source: AMQP 0-10, section 3.3 (type encodings).
func json010(body []byte) ([]byte, error) {
	r := amqp010{amqp10{data: body}}
	out, err := r.mapping(nil, 0)
	if err != nil {
		return nil, fmt.Errorf("the AMQP 0-10 map: %w", err)
	}
	return out, nil
}

// amqp010 reads AMQP 0-10 values.
type amqp010 struct{ amqp10 }

func (r *amqp010) mapping(dst []byte, depth int) ([]byte, error) {
	return r.container(dst, "{}", depth, func(items *amqp010, dst []byte) ([]byte, error) {
		name, err := items.sized(false)
		if err != nil {
			return nil, err
		}
		return items.value(append(quoteText(dst, name), ':'), depth+1)
	})
}

func (r *amqp010) list(dst []byte, depth int) ([]byte, error) {
	return r.container(dst, "[]", depth, func(items *amqp010, dst []byte) ([]byte, error) {
		return items.value(dst, depth+1)
	})
}

// container appends the items of a map or a list in brackets. The encoded items follow their
// size and their number, which have four bytes each.
func (r *amqp010) container(dst []byte, brackets string, depth int, item func(*amqp010, []byte) ([]byte, error)) ([]byte, error) {
	text, err := r.sized(true)
	if err != nil {
		return nil, err
	}
	if depth > maxMapDepth {
		return append(dst, "null"...), nil
	}
	items := &amqp010{amqp10{data: text}}
	count, err := items.size(true)
	if err != nil {
		return nil, err
	}
	dst = append(dst, brackets[0])
	for i := range count {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = item(items, dst); err != nil {
			return nil, err
		}
	}
	return append(dst, brackets[1]), nil
}

// value appends the next value as JSON.
func (r *amqp010) value(dst []byte, depth int) ([]byte, error) {
	code, err := r.byte()
	if err != nil {
		return nil, err
	}
	switch code {
	case 0xa8:
		return r.mapping(dst, depth)
	case 0xa9:
		return r.list(dst, depth)
	case 0xf0:
		return append(dst, "null"...), nil
	case 0x80, 0x84, 0x85: // bytes and text with a length in one byte
		text, err := r.sized(false)
		return quoteText(dst, text), err
	case 0x90, 0x94, 0x95: // … in two bytes
		return r.text(dst, 2)
	case 0xa0, 0xa4: // … in four
		return r.text(dst, 4)
	}
	return r.number(dst, code)
}

func (r *amqp010) text(dst []byte, width int) ([]byte, error) {
	b, err := r.take(width)
	if err != nil {
		return nil, err
	}
	text, err := r.take(int(bigEndian(b)))
	return quoteText(dst, text), err
}

// number appends a number or a boolean. The upper half of the code is its width.
func (r *amqp010) number(dst []byte, code byte) ([]byte, error) {
	if code >= 0x40 {
		return nil, fmt.Errorf("type %#x is not known", code)
	}
	b, err := r.take(1 << (code >> 4))
	if err != nil {
		return nil, err
	}
	switch code {
	case 0x08:
		return strconv.AppendBool(dst, b[0] != 0), nil
	case 0x01:
		return strconv.AppendInt(dst, int64(int8(b[0])), 10), nil
	case 0x11:
		return strconv.AppendInt(dst, int64(int16(bigEndian(b))), 10), nil
	case 0x21:
		return strconv.AppendInt(dst, int64(int32(bigEndian(b))), 10), nil
	case 0x31, 0x38: // signed, and a time in seconds
		return strconv.AppendInt(dst, int64(bigEndian(b)), 10), nil
	case 0x02, 0x12, 0x22, 0x32:
		return strconv.AppendUint(dst, bigEndian(b), 10), nil
	case 0x23:
		return appendFloat(dst, float64(math.Float32frombits(uint32(bigEndian(b))))), nil
	case 0x33:
		return appendFloat(dst, math.Float64frombits(bigEndian(b))), nil
	}
	return nil, fmt.Errorf("type %#x is not known", code)
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return jsontext.AppendFloat(dst, f, 64)
}

func quoteText(dst, text []byte) []byte {
	dst, _ = jsontext.AppendQuote(dst, text) // invalid UTF-8 becomes U+FFFD
	return dst
}

// jsonOfMap converts an AMQP 1.0 map to JSON.
func jsonOfMap(m amqpValue) ([]byte, error) { return appendAMQP10(nil, m, 0) }

func appendAMQP10(dst []byte, v amqpValue, depth int) ([]byte, error) {
	switch v.kind {
	case amqpText, amqpBinary:
		return quoteText(dst, v.text), nil
	case amqpList, amqpMap:
		if depth > maxMapDepth {
			return append(dst, "null"...), nil
		}
		return appendItems(dst, v, depth)
	}
	switch s := v.scalar.Any().(type) {
	case bool:
		return strconv.AppendBool(dst, s), nil
	case int64:
		return strconv.AppendInt(dst, s, 10), nil
	case float64:
		return appendFloat(dst, s), nil
	}
	return append(dst, "null"...), nil
}

func appendItems(dst []byte, v amqpValue, depth int) ([]byte, error) {
	brackets, items := "[]", amqp10{data: v.text}
	if v.kind == amqpMap {
		brackets = "{}"
	}
	dst = append(dst, brackets[0])
	for i := range v.count {
		item, err := items.value(0)
		if err != nil {
			return nil, err
		}
		isName := v.kind == amqpMap && i%2 == 0
		if isName && item.kind != amqpText {
			return nil, errors.New("an AMQP 1.0 map has a name that is not a string")
		}
		switch {
		case v.kind == amqpMap && i%2 == 1:
			dst = append(dst, ':')
		case i > 0:
			dst = append(dst, ',')
		}
		if dst, err = appendAMQP10(dst, item, depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, brackets[1]), nil
}
