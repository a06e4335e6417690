package configcheck

import "testing"

func TestSplitHint(t *testing.T) {
	for text, want := range map[string][2]string{
		`is missing`: {`is missing`, ""},
		`"5 minutes" is not a duration; write it like 5m`:     {`"5 minutes" is not a duration`, "write it like 5m"},
		`"a; b" is not a name; use letters`:                   {`"a; b" is not a name`, "use letters"},
		`"a\"; b" is not a name; use letters`:                 {`"a\"; b" is not a name`, "use letters"},
		`there is no preset "x"; did you mean y?; there is z`: {`there is no preset "x"`, "did you mean y?; there is z"},
		``: {"", ""},
	} {
		if message, hint := splitHint(text); message != want[0] || hint != want[1] {
			t.Errorf("%s: got %q and %q", text, message, hint)
		}
	}
}
