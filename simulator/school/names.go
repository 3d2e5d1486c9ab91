package school

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var firstNames = []string{
	"Mila", "Noah", "Sara", "Liam", "Yusuf", "Tess", "Adam", "Loïs", "Hugo", "Amira", "Mats", "Fien", "Björn", "Elif",
	"Stijn", "Zoë", "Imane", "Jurre", "Chloé", "Rayan", "Guus", "Nina", "Teun", "Lina", "Kees", "Femke", "Omar", "Puck",
	"Jasmijn", "Dries", "Sofía", "Willem", "Anouk", "Bilal", "Roos", "Tijn",
}

// familyNames come as the Dutch "tussenvoegsel" and the name after it.
var familyNames = [][2]string{
	{"", "Hendriks"},
	{"van de", "Ven"},
	{"", "Yılmaz"},
	{"", "Dekker"},
	{"van", "Leeuwen"},
	{"", "Kuipers"},
	{"de", "Graaf"},
	{"", "Benali"},
	{"", "Postma"},
	{"van der", "Meer"},
	{"", "Groen"},
	{"in 't", "Veld"},
	{"", "García"},
	{"", "Scholten"},
	{"den", "Hartog"},
	{"", "Pham"},
	{"", "Wójcik"},
	{"", "Koster"},
	{"ter", "Horst"},
	{"", "Boateng"},
	{"", "Jonker"},
	{"", "D'Souza"},
	{"", "Huisman"},
}

// names draws people's names, always in the same order.
type names struct{ random *rand.Rand }

func newNames() names { return names{rand.New(rand.NewPCG(4, 1))} }

func (n names) next() Person {
	family := familyNames[n.random.IntN(len(familyNames))]
	return Person{
		FirstName:  firstNames[n.random.IntN(len(firstNames))],
		MiddleName: family[0],
		LastName:   family[1],
	}
}

// address makes a mail address of the name; the number keeps it unique.
func (p Person) address(number int) string {
	local := plain(p.FirstName) + "." + plain(p.MiddleName+p.LastName)
	return local + strconv.Itoa(number) + "@" + Domain
}

// plain keeps the letters of a name, in lower case and without accents.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'ı': // has no accent to drop
			return 'i'
		case r > unicode.MaxASCII || !unicode.IsLetter(r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
}
