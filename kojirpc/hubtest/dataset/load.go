package dataset

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

//go:embed recorded.json
var recordedJSON []byte

// Recorded returns the data of the hub whose answers were recorded: from it, this hub
// gives the same answers. It is a copy of the caller's own.
func Recorded() Data {
	d, err := decodeData(recordedJSON)
	if err != nil {
		panic("hubtest: recorded.json: " + err.Error()) // it is part of the program
	}
	return d
}

// dateTimeKey is the one member of an object that stands for a dateTime.iso8601.
const dateTimeKey = "$dateTime"

// LoadFile reads Data from a JSON file. Members have the names of the struct
// tags; unknown ones are an error. In values that can be anything, such as
// requests, a number with a point or an exponent is a double, any other an
// integer, and {"$dateTime": "20260123T12:34:56"} a dateTime.iso8601.
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
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&d); err != nil {
		return Data{}, at(text, dec.InputOffset(), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Data{}, at(text, dec.InputOffset(), errors.New("there is more after the end of the data"))
	}
	return d, d.numbers()
}

// at says in which line something is wrong.
func at(text []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	offset = min(offset, int64(len(text)))
	return fmt.Errorf("line %d: %w", 1+bytes.Count(text[:offset], []byte{'\n'}), err)
}

// numbers makes integers and doubles of the numbers in values of any kind.
func (d *Data) numbers() error {
	var err error
	for i := range d.Tags {
		err = errors.Join(err, plainMap(d.Tags[i].Extra))
	}
	for i := range d.Builds {
		err = errors.Join(err, plainMap(d.Builds[i].Extra))
	}
	for i := range d.Archives {
		err = errors.Join(err, plainMap(d.Archives[i].Extra))
	}
	for i := range d.Repos {
		err = errors.Join(err, plainMap(d.Repos[i].Opts), plainMap(d.Repos[i].CustomOpts))
	}
	for i := range d.Tasks {
		t := &d.Tasks[i]
		_, reqErr := plain(t.Request)
		var resErr error
		t.Result, resErr = plain(t.Result)
		err = errors.Join(err, reqErr, resErr)
	}
	return err
}

func plainMap(m map[string]any) error {
	_, err := plain(m)
	return err
}

// plain replaces the numbers in v, in place where v is a container.
func plain(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		return number(v.String())
	case []any:
		for i := range v {
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if at, ok := v[dateTimeKey].(string); ok && len(v) == 1 {
			return xmlrpc.DateTime(at), nil
		}
		for k := range v {
			if v[k], err = plain(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

func number(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("the number %s: %w", text, err)
		}
		return f, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the number %s: %w", text, err)
	}
	return n, nil
}
