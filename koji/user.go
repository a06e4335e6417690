package koji

// UserType is what kind of account a user is. Its zero value is "not known".
//
// Source: koji.USERTYPES.
type UserType uint8

// The kinds of account.
const (
	UserTypeUnknown UserType = iota // not known
	UserNormal                      // NORMAL: a person or a service
	UserHost                        // HOST: a builder
	UserGroup                       // GROUP: a group of users
)

var userTypeNames = [...]string{"", "NORMAL", "HOST", "GROUP"}

// String returns Koji's name of the type, "" if it is not known.
func (t UserType) String() string { return stateName(userTypeNames[:], uint8(t)) }

// UserStatus is whether a user may log in. Its zero value is "not known".
//
// Source: koji.USER_STATUS.
type UserStatus uint8

// Whether a user may log in.
const (
	UserStatusUnknown UserStatus = iota // not known
	UserActive                          // NORMAL
	UserBlocked                         // BLOCKED
)

var userStatusNames = [...]string{"", "NORMAL", "BLOCKED"}

// String returns Koji's name of the status, "" if it is not known.
func (s UserStatus) String() string { return stateName(userStatusNames[:], uint8(s)) }

// User is an account of the hub.
type User struct {
	ID            int64 // 0: not known
	Name          string
	Status        UserStatus
	Type          UserType
	KrbPrincipals []string
}

// Ref returns the user's id and name.
func (u *User) Ref() Ref { return Ref{ID: u.ID, Name: u.Name} }

// Set reads one plain field of a record of a user; of krb_principals, a list,
// it reads one element at a time. Other fields and values that do not fit are
// ignored.
func (u *User) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id":
		keepID(&u.ID, v)
	case "name":
		keepWord(&u.Name, v)
	case "status":
		keepState(&u.Status, v, userStatusNames[:])
	case "usertype":
		keepState(&u.Type, v, userTypeNames[:])
	case "krb_principals", "krb_principal":
		if v.IsText() {
			u.KrbPrincipals = append(u.KrbPrincipals, v.Str())
		}
	}
}
