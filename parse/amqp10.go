package parse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
)

// The sections of an AMQP 1.0 message, by their descriptor codes.
const (
	sectionHeader        = 0x70
	sectionAppProps      = 0x74
	sectionData          = 0x75
	sectionSequence      = 0x76
	sectionValue         = 0x77
	sectionFooter        = 0x78
	maxAMQPDepth         = 16 // descriptors of descriptors; Koji sends none
	codeDescribed   byte = 0x00
)

// errShort reports that the data ends within a value.
var errShort = errors.New("the AMQP 1.0 data is truncated")

// amqp10 reads encoded AMQP 1.0 values from the front of data.
//
// Source: OASIS AMQP 1.0, part 1 (types) and part 3 (messaging).
type amqp10 struct {
	data []byte
}

// amqpValue is a primitive value. Strings, symbols and binaries are in text; lists and maps
// have their number of items in count and the encoded items in text.
type amqpValue struct {
	scalar kojiwire.Scalar
	text   []byte
	kind   amqpKind
	count  int
}

type amqpKind uint8

const (
	amqpScalar amqpKind = iota
	amqpText
	amqpBinary
	amqpList
	amqpMap
)

// appProperty returns a property in an encoded application properties section. It stops
// reading when it finds the property; a missing property is null.
func appProperty(section []byte, name string) (amqpValue, error) {
	r := amqp10{data: section}
	code, err := r.descriptor()
	if err != nil {
		return amqpValue{}, err
	}
	if code != sectionAppProps {
		return amqpValue{}, fmt.Errorf("section %#x is not the application properties", code)
	}
	m, err := r.value(0)
	if err != nil {
		return amqpValue{}, err
	}
	if m.kind != amqpMap {
		return amqpValue{}, errors.New("the application properties are not a map")
	}
	items := amqp10{data: m.text}
	for range m.count / 2 {
		key, err := items.value(1)
		if err != nil {
			return amqpValue{}, err
		}
		v, err := items.value(1)
		if err != nil {
			return amqpValue{}, err
		}
		if key.kind == amqpText && string(key.text) == name {
			return v, nil
		}
	}
	return amqpValue{}, nil
}

// descriptor reads the descriptor of a described value: 0x00 and its code.
func (r *amqp10) descriptor() (uint64, error) {
	b, err := r.byte()
	if err != nil {
		return 0, err
	}
	if b != codeDescribed {
		return 0, fmt.Errorf("byte %#x does not begin an AMQP 1.0 section", b)
	}
	code, err := r.value(1)
	if err != nil {
		return 0, err
	}
	n, ok := code.scalar.Int64()
	if !ok || code.kind != amqpScalar || n < 0 {
		return 0, errors.New("an AMQP 1.0 section has a descriptor that is not a number")
	}
	return uint64(n), nil
}

// value reads one value.
func (r *amqp10) value(depth int) (amqpValue, error) {
	code, err := r.byte()
	if err != nil {
		return amqpValue{}, err
	}
	if code == codeDescribed { // a described value inside: skip its descriptor
		if depth > maxAMQPDepth {
			return amqpValue{}, errors.New("AMQP 1.0 values nest too deep")
		}
		if _, err := r.value(depth + 1); err != nil {
			return amqpValue{}, err
		}
		return r.value(depth + 1)
	}
	switch code >> 4 { // the upper half is the width of the value
	case 0x4:
		return fixed0(code)
	case 0x5, 0x6, 0x7, 0x8, 0x9:
		return r.fixed(code)
	case 0xa, 0xb:
		return r.variable(code)
	case 0xc, 0xd:
		return r.compound(code)
	case 0xe, 0xf:
		_, err := r.sized(code>>4 == 0xf)
		return amqpValue{kind: amqpList}, err // an array, which nothing reads
	}
	return amqpValue{}, fmt.Errorf("AMQP 1.0 type %#x is not known", code)
}

func fixed0(code byte) (amqpValue, error) {
	switch code {
	case 0x40:
		return amqpValue{scalar: kojiwire.Null()}, nil
	case 0x41, 0x42:
		return amqpValue{scalar: kojiwire.Bool(code == 0x41)}, nil
	case 0x43, 0x44:
		return amqpValue{scalar: kojiwire.Int(0)}, nil
	case 0x45:
		return amqpValue{kind: amqpList}, nil
	}
	return amqpValue{}, fmt.Errorf("AMQP 1.0 type %#x is not known", code)
}

// fixed reads a value of fixed width. Widths are 1, 2, 4, 8 and 16 bytes.
func (r *amqp10) fixed(code byte) (amqpValue, error) {
	b, err := r.take(1 << (code>>4 - 5))
	if err != nil {
		return amqpValue{}, err
	}
	var s kojiwire.Scalar
	switch code {
	case 0x50, 0x52, 0x53: // ubyte, small uint, small ulong
		s = kojiwire.Int(int64(b[0]))
	case 0x51, 0x54, 0x55: // byte, small int, small long
		s = kojiwire.Int(int64(int8(b[0])))
	case 0x56:
		s = kojiwire.Bool(b[0] != 0)
	case 0x60:
		s = kojiwire.Int(int64(binary.BigEndian.Uint16(b)))
	case 0x61:
		s = kojiwire.Int(int64(int16(binary.BigEndian.Uint16(b))))
	case 0x70, 0x73: // uint, char
		s = kojiwire.Int(int64(binary.BigEndian.Uint32(b)))
	case 0x71:
		s = kojiwire.Int(int64(int32(binary.BigEndian.Uint32(b))))
	case 0x72:
		s = kojiwire.Float(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
	case 0x80: // ulong: Koji has no numbers beyond 63 bits
		s = kojiwire.Int(int64(binary.BigEndian.Uint64(b) & math.MaxInt64))
	case 0x81, 0x83: // long, timestamp
		s = kojiwire.Int(int64(binary.BigEndian.Uint64(b)))
	case 0x82:
		s = kojiwire.Float(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case 0x74, 0x84, 0x94, 0x98: // decimals, uuid: read as null
	default:
		return amqpValue{}, fmt.Errorf("AMQP 1.0 type %#x is not known", code)
	}
	return amqpValue{scalar: s}, nil
}

// variable reads a binary (a0, b0), a string (a1, b1) or a symbol (a3, b3).
func (r *amqp10) variable(code byte) (amqpValue, error) {
	text, err := r.sized(code>>4 == 0xb)
	if err != nil {
		return amqpValue{}, err
	}
	v := amqpValue{scalar: kojiwire.Text(text), text: text, kind: amqpText}
	switch code & 0x0f {
	case 0:
		v.kind = amqpBinary
	case 1, 3:
	default:
		return amqpValue{}, fmt.Errorf("AMQP 1.0 type %#x is not known", code)
	}
	return v, nil
}

// compound reads a list (c0, d0) or a map (c1, d1).
func (r *amqp10) compound(code byte) (amqpValue, error) {
	wide := code>>4 == 0xd
	items, err := r.sized(wide)
	if err != nil {
		return amqpValue{}, err
	}
	inner := amqp10{data: items}
	count, err := inner.size(wide)
	if err != nil {
		return amqpValue{}, err
	}
	if count > len(inner.data) { // each item takes at least a byte
		return amqpValue{}, errShort
	}
	v := amqpValue{text: inner.data, count: count}
	switch code & 0x0f {
	case 0:
		v.kind = amqpList
	case 1:
		v.kind = amqpMap
	default:
		return amqpValue{}, fmt.Errorf("AMQP 1.0 type %#x is not known", code)
	}
	return v, nil
}

// sized reads a length and that many bytes.
func (r *amqp10) sized(wide bool) ([]byte, error) {
	n, err := r.size(wide)
	if err != nil {
		return nil, err
	}
	return r.take(n)
}

func (r *amqp10) size(wide bool) (int, error) {
	if !wide {
		b, err := r.byte()
		return int(b), err
	}
	b, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(b)), nil
}

func (r *amqp10) byte() (byte, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (r *amqp10) take(n int) ([]byte, error) {
	if n < 0 || n > len(r.data) {
		return nil, errShort
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b, nil
}
