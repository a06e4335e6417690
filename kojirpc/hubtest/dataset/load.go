package dataset

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

//go:embed recorded.json
var recordedJSON []byte

// Recorded returns a copy of the data of the hub whose answers were recorded. With these
// data, the fake gives the same answers.
func Recorded() Data {
	d, err := decodeData(recordedJSON)
	if err != nil {
		panic("hubtest: recorded.json: " + err.Error()) // the file is embedded
	}
	return d
}

// dateTimeKey is the only member of an object that represents a dateTime.iso8601.
const dateTimeKey = "$dateTime"

// LoadFile reads Data from a JSON file. Unknown members are an error. In values of any
// type, such as requests, a number with a point or an exponent is a double, any other
// number an integer, and {"$dateTime": "20260123T12:34:56"} a dateTime.iso8601.
func LoadFile(path string) (Data, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Data{}, fmt.Errorf("hub data: %w", err)
	}
	d, err := decodeData(text)
	if err != nil {
		return Data{}, fmt.Errorf("hub data %s: %w", path, err)
	}
	return d, nil
}

func decodeData(text []byte) (Data, error) {
	var d Data
	err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(value)))
	if err != nil {
		return Data{}, at(text, err)
	}
	return d, nil
}

// at adds the line to an error.
func at(text []byte, err error) error {
	offset := int64(0)
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = syntax.ByteOffset
	} else if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		offset = semantic.ByteOffset
	}
	offset = min(offset, int64(len(text)))
	return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:offset], []byte{'\n'}), err)
}

// value decodes a value of any type.
func value(dec *jsontext.Decoder, v *any) error {
	switch dec.PeekKind() {
	case '0':
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		*v, err = number(token.String())
		return err
	case '{':
		var m map[string]any
		if err := json.UnmarshalDecode(dec, &m); err != nil {
			return err
		}
		*v = m
		if at, ok := m[dateTimeKey].(string); ok && len(m) == 1 {
			*v = xmlrpc.DateTime(at)
		}
		return nil
	}
	return errors.ErrUnsupported // use the default decoder
}

func number(text string) (v any, err error) {
	if strings.ContainsAny(text, ".eE") {
		v, err = strconv.ParseFloat(text, 64)
	} else {
		v, err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil {
		return nil, fmt.Errorf("the number %s: %w", text, err)
	}
	return v, nil
}
