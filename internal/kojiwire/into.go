package kojiwire

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Into wraps a pointer to a koji value, to a pointer to one, to a slice of either or to a
// map of slices, so that the codec can decode into it. A pointer to a
// koji.Opt[time.Duration] takes a number of seconds or nil. Other pointers, which the codec
// supports itself, are returned unchanged.
func Into(p any) any {
	if d, ok := p.(*koji.Opt[time.Duration]); ok {
		return newReader(func(_ *records, dec *xmlrpc.Decoder) error { return readSeconds(dec, d) })
	}
	for _, wrap := range [...]func(any) any{
		wrapper((*records).task), wrapper((*records).build), wrapper((*records).user), wrapper((*records).tag),
		wrapper((*records).pkg), wrapper((*records).target), wrapper((*records).channel),
		wrapper((*records).host), wrapper((*records).repo), wrapper((*records).rpm),
	} {
		if t := wrap(p); t != nil {
			return t
		}
	}
	return p
}

// readSeconds reads a number of seconds. An impossibly long duration counts as unknown, like
// nil.
func readSeconds(d *xmlrpc.Decoder, into *koji.Opt[time.Duration]) error {
	*into = koji.Opt[time.Duration]{}
	if isNil, err := d.Nil(); isNil || err != nil {
		return err
	}
	const century = 100 * 365 * 24 * 60 * 60
	s, err := d.Float()
	if err == nil && s >= -century && s <= century {
		*into = koji.Some(time.Duration(s * float64(time.Second)))
	}
	return err
}

// wrapper returns a function that wraps pointers to a T, and to pointers, slices and maps of
// T, which are decoded with read. The function returns nil for other pointers.
func wrapper[T any](read func(*records, *xmlrpc.Decoder, *T) error) func(any) any {
	return func(p any) any {
		switch p := p.(type) {
		case *T:
			return newReader(func(r *records, d *xmlrpc.Decoder) error { return read(r, d, p) })
		case **T:
			return newReader(func(r *records, d *xmlrpc.Decoder) error { return readPointer(r, d, p, read) })
		case *[]T:
			return newReader(func(r *records, d *xmlrpc.Decoder) error { return readSlice(r, d, p, read) })
		case *[]*T:
			return newReader(func(r *records, d *xmlrpc.Decoder) error {
				return readSlice(r, d, p, func(r *records, d *xmlrpc.Decoder, e **T) error {
					return readPointer(r, d, e, read)
				})
			})
		case *map[string][]T:
			return newReader(func(r *records, d *xmlrpc.Decoder) error {
				*p = make(map[string][]T)
				return d.Struct(func(name string) error {
					var s []T
					err := readSlice(r, d, &s, read)
					(*p)[name] = s
					return err
				})
			})
		}
		return nil
	}
}

// reader reads one value.
type reader struct {
	records
	read func(r *records, d *xmlrpc.Decoder) error
}

func newReader(read func(r *records, d *xmlrpc.Decoder) error) *reader { return &reader{read: read} }

// UnmarshalXMLRPC implements xmlrpc.Unmarshaler.
func (r *reader) UnmarshalXMLRPC(d *xmlrpc.Decoder) error { return r.read(&r.records, d) }

func readPointer[T any](r *records, d *xmlrpc.Decoder, p **T, read func(*records, *xmlrpc.Decoder, *T) error) error {
	isNil, err := d.Nil()
	if err != nil || isNil {
		*p = nil
		return err
	}
	*p = new(T)
	return read(r, d, *p)
}

func readSlice[T any](r *records, d *xmlrpc.Decoder, p *[]T, read func(*records, *xmlrpc.Decoder, *T) error) error {
	*p = []T{}
	return d.Array(func(int) error {
		*p = append(*p, *new(T))
		return read(r, d, &(*p)[len(*p)-1])
	})
}

// records reads the hub's records. It passes scalar members to the functions SetTask,
// SetBuild, ….
type records struct {
	name, text []byte // reused buffers
}

// scalar reads a scalar. Other values are skipped; ok is then false.
func (r *records) scalar(d *xmlrpc.Decoder) (v Scalar, ok bool, err error) {
	kind, err := d.Kind()
	if err != nil {
		return v, false, err
	}
	switch kind {
	case xmlrpc.KindNil:
		_, err = d.Nil()
		return Null(), true, err
	case xmlrpc.KindBoolean:
		b, err := d.Bool()
		return Bool(b), true, err
	case xmlrpc.KindInt:
		n, err := d.Int()
		return Int(n), true, err
	case xmlrpc.KindDouble:
		f, err := d.Float()
		return Float(f), true, err
	case xmlrpc.KindString, xmlrpc.KindDateTime:
		s, err := d.Text()
		r.text = append(r.text[:0], s...)
		return Text(r.text), true, err
	}
	return v, false, d.Skip()
}

// plain reads a scalar member and passes it to set.
func plain[T any](r *records, d *xmlrpc.Decoder, name string, into *T, set func(*T, []byte, Scalar)) error {
	v, ok, err := r.scalar(d)
	if ok && err == nil {
		r.name = append(r.name[:0], name...)
		set(into, r.name, v)
	}
	return err
}

// flat reads a record whose members are all scalars.
func flat[T any](r *records, d *xmlrpc.Decoder, into *T, set func(*T, []byte, Scalar)) error {
	return d.Struct(func(name string) error { return plain(r, d, name, into, set) })
}

func (r *records) tag(d *xmlrpc.Decoder, t *koji.Tag) error         { return flat(r, d, t, SetTag) }
func (r *records) pkg(d *xmlrpc.Decoder, p *koji.Package) error     { return flat(r, d, p, SetPackage) }
func (r *records) target(d *xmlrpc.Decoder, t *koji.Target) error   { return flat(r, d, t, SetTarget) }
func (r *records) channel(d *xmlrpc.Decoder, c *koji.Channel) error { return flat(r, d, c, SetChannel) }
func (r *records) host(d *xmlrpc.Decoder, h *koji.Host) error       { return flat(r, d, h, SetHost) }
func (r *records) repo(d *xmlrpc.Decoder, repo *koji.Repo) error    { return flat(r, d, repo, SetRepo) }
func (r *records) rpm(d *xmlrpc.Decoder, rpm *koji.RPM) error       { return flat(r, d, rpm, SetRPM) }

// user reads a user; krb_principals is a list.
func (r *records) user(d *xmlrpc.Decoder, u *koji.User) error {
	return d.Struct(func(name string) error {
		if name != "krb_principals" {
			return plain(r, d, name, u, SetUser)
		}
		return r.each(d, func() error { return plain(r, d, name, u, SetUser) })
	})
}

// each reads the elements of an array; anything else is skipped.
func (r *records) each(d *xmlrpc.Decoder, read func() error) error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	if kind != xmlrpc.KindArray {
		return d.Skip()
	}
	return d.Array(func(int) error { return read() })
}

// build reads a build.
func (r *records) build(d *xmlrpc.Decoder, b *koji.Build) error {
	err := d.Struct(func(name string) error {
		if name == "extra" {
			return r.extra(d, "", b)
		}
		return plain(r, d, name, b, SetBuild)
	})
	CompleteBuild(b)
	return err
}

// extra reads the relevant members of a build's extra, down to the second level, whose paths
// begin with prefix.
func (r *records) extra(d *xmlrpc.Decoder, prefix string, b *koji.Build) error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	if kind != xmlrpc.KindStruct {
		text, _, err := r.scalar(d)
		if prefix == "" && text.IsText() {
			SetBuildExtraText(b, text.Bytes())
		}
		return err
	}
	return d.Struct(func(name string) error {
		if prefix == "" && !ExtraMatters([]byte(name)) {
			return d.Skip()
		}
		kind, err := d.Kind()
		if err != nil {
			return err
		}
		if kind == xmlrpc.KindStruct || kind == xmlrpc.KindArray {
			SetBuildExtra(b, []byte(prefix+name), Null())
			if prefix == "" && kind == xmlrpc.KindStruct {
				return r.extra(d, name+".", b)
			}
			return d.Skip()
		}
		return plain(r, d, prefix+name, b, SetBuildExtra)
	})
}
