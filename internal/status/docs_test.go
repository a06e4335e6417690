package status

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestKeysAreDocumented checks that docs/commands.md describes all members of the JSON.
func TestKeysAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## status\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var check func(reflect.Type)
	check = func(in reflect.Type) {
		switch in.Kind() {
		case reflect.Pointer, reflect.Slice:
			check(in.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if in == reflect.TypeFor[time.Time]() {
			return
		}
		for field := range in.Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if key != "-" && !strings.Contains(section, "`"+key+"`") {
				t.Errorf("docs/commands.md does not describe %s in %s", key, in)
			}
			check(field.Type)
		}
	}
	check(reflect.TypeFor[Status]())
	for _, state := range []State{Consuming, Failing, Down, Blocked, Disconnected, Standby, Refused} {
		if !strings.Contains(section, "`"+string(state)+"`") {
			t.Errorf("docs/commands.md does not describe the state %s", state)
		}
	}
}
