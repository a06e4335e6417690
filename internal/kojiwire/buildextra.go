package kojiwire

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/kojiwatch/kojiwatch/internal/pyjson"
	"github.com/kojiwatch/kojiwatch/koji"
)

// ExtraMatters reports whether SetBuildExtra or AddBuildType can learn anything from the
// member of that name of a build's extra. A decoder may skip the others: some
// are large, and users put what they like into them.
func ExtraMatters(member []byte) bool {
	switch string(member) {
	case "container_koji_task_id", "submitter", "source", "typeinfo", "image", "maven", "win":
		return true
	}
	return false
}

// SetBuildExtra reads one member of a build's extra. A plain value goes by its path,
// the members' names with dots between them: "submitter",
// "container_koji_task_id", "source.original_url". Of "typeinfo.<type>", and of
// "image", "maven" and "win" at the top (an older form), only the name counts,
// so any value will do. Other paths are ignored.
func SetBuildExtra(b *koji.Build, path []byte, v Scalar) {
	const typeinfo = "typeinfo."
	switch string(path) {
	case "container_koji_task_id":
		// The record's own task id is the rule, this is for what was built
		// before hub 1.32. OSBS sends a number or digits.
		if b.TaskID == 0 {
			keepID(&b.TaskID, v)
		}
	case "submitter":
		keepText(&b.Submitter, v, b.Owner.Name)
	case "source.original_url":
		if v.IsText() {
			b.Requested = koji.CleanSource(v.Str())
		}
	case "image", "maven", "win":
		AddBuildType(b, path)
	default:
		if len(path) > len(typeinfo) && string(path[:len(typeinfo)]) == typeinfo {
			AddBuildType(b, path[len(typeinfo):])
		}
	}
}

// SetBuildExtraText reads a build's extra that came as the text of its JSON, as
// some hubs send it. Of a text that is none nothing can be made out.
func SetBuildExtraText(b *koji.Build, text []byte) {
	extra := members(text)
	for name, value := range extra {
		if !ExtraMatters([]byte(name)) {
			continue
		}
		SetBuildExtra(b, []byte(name), jsonScalar(value))
		if name != "source" && name != "typeinfo" {
			continue
		}
		for inner, value := range members(value) {
			SetBuildExtra(b, []byte(name+"."+inner), jsonScalar(value))
		}
	}
	slices.Sort(b.Types)
}

// members returns the members of a JSON object, nil of anything else.
func members(text []byte) map[string]json.RawMessage {
	strict, _ := pyjson.Strict(text)
	var m map[string]json.RawMessage
	if err := json.Unmarshal(pyjson.Shallow(strict, maxExtraDepth), &m); err != nil {
		return nil
	}
	return m
}

// maxExtraDepth is more than enough for the members that matter.
const maxExtraDepth = 64

// jsonScalar returns a plain JSON value, null for any other.
func jsonScalar(text []byte) Scalar {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return Null()
	}
	switch v := v.(type) {
	case string:
		return Text([]byte(v))
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return Int(n)
		}
	case bool:
		return Bool(v)
	}
	return Null()
}
