package kojiwire

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/kojiwatch/kojiwatch/internal/pyjson"
	"github.com/kojiwatch/kojiwatch/koji"
)

// ExtraMatters reports whether SetBuildExtra or AddBuildType uses the member of that name of
// a build's extra. A decoder may skip the others: some are large, and users can put
// anything into them.
func ExtraMatters(member []byte) bool {
	switch string(member) {
	case "container_koji_task_id", "submitter", "source", "typeinfo", "image", "maven", "win":
		return true
	}
	return false
}

// SetBuildExtra sets fields of a build from a member of its extra. path is the path of the
// member, with dots between names: "submitter", "container_koji_task_id",
// "source.original_url". For "typeinfo.<type>", and for "image", "maven" and "win" at the
// top level (an older format), only the path matters, not the value. Other paths are
// ignored.
func SetBuildExtra(b *koji.Build, path []byte, v Scalar) {
	const typeinfo = "typeinfo."
	switch string(path) {
	case "container_koji_task_id":
		// Usually the record has the task id; this is for builds made before
		// hub 1.32. OSBS sends a number or a string of digits.
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

// SetBuildExtraText sets fields of a build from the JSON text of its extra, which some hubs
// send. It ignores text that is not JSON.
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

// members returns the members of a JSON object; nil for anything else.
func members(text []byte) map[string]json.RawMessage {
	strict, _ := pyjson.Strict(text)
	var m map[string]json.RawMessage
	if err := json.Unmarshal(pyjson.Shallow(strict, maxExtraDepth), &m); err != nil {
		return nil
	}
	return m
}

// maxExtraDepth is the depth to which an extra is decoded. The members that matter nest much
// less.
const maxExtraDepth = 64

// jsonScalar returns a string, integer or boolean in JSON; null for any other value.
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
