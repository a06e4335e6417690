package xmlrpc_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// nvr decodes itself from a string or from a struct with name and version.
type nvr struct {
	Name, Version string
	WasNil        bool
}

var errDash = errors.New("no dash")

func (n *nvr) UnmarshalXMLRPC(d *xmlrpc.Decoder) error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	if kind == xmlrpc.KindString {
		text, err := d.Text()
		if err != nil {
			return err
		}
		var ok bool
		if n.Name, n.Version, ok = strings.Cut(text, "-"); !ok {
			return errDash
		}
		return nil
	}
	n.WasNil = kind == xmlrpc.KindNil
	return d.Struct(func(name string) (err error) {
		switch name {
		case "name":
			n.Name, err = d.Text()
		case "version":
			n.Version, err = d.Text()
		}
		return err
	})
}

func TestUnmarshaler(t *testing.T) {
	doc := response("<value><struct>" +
		member("a", "<value>x-1</value>") +
		member("b", "<value><struct>"+member("other", "<value><array><data/></array></value>")+member("version", "<value>2</value>")+member("name", "<value><nil/></value>")+"</struct></value>") +
		member("c", "<value><nil/></value>") +
		member("d", "<value><nil/></value>") +
		member("e", "<value><array><data><value>y-3</value><value>z-4</value></data></array></value>") +
		member("f", "<value><struct>"+member("k", "<value>w-5</value>")+"</struct></value>") +
		"</struct></value>")
	type set struct {
		A nvr             `xmlrpc:"a"`
		B *nvr            `xmlrpc:"b"`
		C *nvr            `xmlrpc:"c"`
		D nvr             `xmlrpc:"d"`
		E []nvr           `xmlrpc:"e"`
		F map[string]*nvr `xmlrpc:"f"`
	}
	var got set
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	want := set{A: nvr{Name: "x", Version: "1"}, B: &nvr{Version: "2"}, D: nvr{WasNil: true},
		E: []nvr{{Name: "y", Version: "3"}, {Name: "z", Version: "4"}}, F: map[string]*nvr{"k": {Name: "w", Version: "5"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUnmarshalerErrors(t *testing.T) {
	var list []nvr
	err := xmlrpc.DecodeResponse(response("<value><array><data><value>a-1</value><value>a</value></data></array></value>"), xmlrpc.Limits{}, &list)
	if path := as[*xmlrpc.PathError](t, err); path.Path != "[1]" || !errors.Is(err, errDash) {
		t.Errorf("%v", err)
	}
	err = xmlrpc.DecodeResponse(response("<value><array><data><value><struct>"+member("name", "<value><int>1</int></value>")+"</struct></value></data></array></value>"), xmlrpc.Limits{}, &list)
	if path := as[*xmlrpc.PathError](t, err); path.Path != "[0].name" || !strings.Contains(err.Error(), "xmlrpc: [0].name: want string, got int (byte ") {
		t.Errorf("%v", err)
	}
	err = xmlrpc.DecodeResponse(response("<value><int>1</int></value>"), xmlrpc.Limits{}, &nvr{})
	if got := as[*xmlrpc.TypeError](t, err); got.Want != "struct" || got.Got != xmlrpc.KindInt {
		t.Errorf("%v", err)
	}
}

// pull is an Unmarshaler made of a function.
type pull func(d *xmlrpc.Decoder) error

func (p pull) UnmarshalXMLRPC(d *xmlrpc.Decoder) error { return p(d) }

func TestDecoderSkipsWhatIsLeft(t *testing.T) {
	doc := response("<value><array><data><value><int>1</int></value><value><int>2</int></value><value><int>3</int></value></data></array></value>")
	var seen []int64
	each := func(read func(d *xmlrpc.Decoder, i int) error) error {
		p := pull(func(d *xmlrpc.Decoder) error {
			return d.Array(func(i int) error { return read(d, i) })
		})
		return xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &p)
	}
	err := each(func(d *xmlrpc.Decoder, i int) error {
		switch i {
		case 0: // leave it unread
			return nil
		case 1: // only read its kind
			_, err := d.Kind()
			return err
		}
		n, err := d.Int()
		seen = append(seen, n)
		return err
	})
	if err != nil || !reflect.DeepEqual(seen, []int64{3}) {
		t.Errorf("%v, %v", seen, err)
	}
	lazy := pull(func(*xmlrpc.Decoder) error { return nil })
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &lazy); err != nil {
		t.Error(err)
	}
	err = each(func(d *xmlrpc.Decoder, _ int) error {
		if _, err := d.Int(); err != nil {
			return err
		}
		_, err := d.Int() // one too many
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "no value to read") {
		t.Errorf("%v", err)
	}
}

func TestDecoderOnAValue(t *testing.T) {
	d := xmlrpc.NewDecoder([]byte("<value><double>1.5</double></value>"), xmlrpc.Limits{})
	if isNil, err := d.Nil(); isNil || err != nil {
		t.Error(isNil, err)
	}
	if _, err := d.Text(); err == nil || err.Error() != "xmlrpc: want string, got double (byte 0)" {
		t.Error(err)
	}
	if f, err := d.Float(); f != 1.5 || err != nil { // a mismatch leaves the value unread
		t.Error(f, err)
	}
	if err := d.Skip(); err == nil {
		t.Error("read on after the end")
	}
	nothing := xmlrpc.NewDecoder([]byte("<value><nil/></value>"), xmlrpc.Limits{})
	if b, err := nothing.Bytes(); b != nil || err != nil {
		t.Error(b, err)
	}
}

func TestRaw(t *testing.T) {
	var task struct {
		ID     int        `xmlrpc:"id"`
		Result xmlrpc.Raw `xmlrpc:"result"`
		Other  xmlrpc.Raw `xmlrpc:"other"`
	}
	doc := response("<value><struct>" + member("result", "<value><array><data><value>a\r\n</value></data></array></value>") + member("id", "<value><int>1</int></value>") + "</struct></value>")
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &task); err != nil {
		t.Fatal(err)
	}
	clear(doc) // a Raw is a copy
	var result []string
	if err := task.Result.Decode(xmlrpc.Limits{}, &result); err != nil || !reflect.DeepEqual(result, []string{"a\n"}) {
		t.Error(result, err)
	}
	if task.Other != nil {
		t.Errorf("absent is %q", task.Other)
	}
	mustBe[*xmlrpc.SyntaxError](t, task.Other.Decode(xmlrpc.Limits{}, &result))
	mustBe[*xmlrpc.SyntaxError](t, xmlrpc.Raw("<value/><value/>").Decode(xmlrpc.Limits{}, nil))
	mustBe[*xmlrpc.PathError](t, task.Result.Decode(xmlrpc.Limits{}, new(int)))
}
