package koji

// UserType is the type of an account. Its zero value means unknown.
//
// Source: koji.USERTYPES.
type UserType uint8

// The types of accounts.
const (
	UserTypeUnknown UserType = iota // not known
	UserNormal                      // NORMAL: a person or a service
	UserHost                        // HOST: a builder
	UserGroup                       // GROUP: a group of users
)

var userTypeNames = [...]string{"", "NORMAL", "HOST", "GROUP"}

// String returns Koji's name of the type, "" if it is not known.
func (t UserType) String() string { return stateName(userTypeNames[:], uint8(t)) }

// UserTypeOf returns the type with Koji's number n; UserTypeUnknown if there is none.
func UserTypeOf(n int64) UserType { return UserType(stateOf(userTypeNames[:], n)) }

// UserTypeNamed returns the type with Koji's name; UserTypeUnknown if there is none.
func UserTypeNamed(name string) UserType { return UserType(stateNamed(userTypeNames[:], name)) }

// UserStatus is the status of an account: whether the user may log in. Its zero value
// means unknown.
//
// Source: koji.USER_STATUS.
type UserStatus uint8

// The statuses of accounts.
const (
	UserStatusUnknown UserStatus = iota // not known
	UserActive                          // NORMAL
	UserBlocked                         // BLOCKED
)

var userStatusNames = [...]string{"", "NORMAL", "BLOCKED"}

// String returns Koji's name of the status, "" if it is not known.
func (s UserStatus) String() string { return stateName(userStatusNames[:], uint8(s)) }

// UserStatusOf returns the status with Koji's number n; UserStatusUnknown if there is
// none.
func UserStatusOf(n int64) UserStatus { return UserStatus(stateOf(userStatusNames[:], n)) }

// UserStatusNamed returns the status with Koji's name; UserStatusUnknown if there is
// none.
func UserStatusNamed(name string) UserStatus {
	return UserStatus(stateNamed(userStatusNames[:], name))
}

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
