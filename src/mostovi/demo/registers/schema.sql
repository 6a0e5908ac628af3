-- What one institution keeps. Registers of different institutions never share a file.
CREATE TABLE births (
  person_number TEXT PRIMARY KEY,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  born_on TEXT NOT NULL,
  born_in TEXT NOT NULL,
  mother_number TEXT,
  mother_name TEXT,
  father_number TEXT,
  father_name TEXT,
  citizenship TEXT NOT NULL,
  register_number TEXT NOT NULL UNIQUE,
  script TEXT NOT NULL CHECK (script IN ('Latn', 'Cyrl')),
  synthetic INTEGER NOT NULL CHECK (synthetic = 1)
) STRICT;
CREATE INDEX births_mother ON births (mother_number);
CREATE INDEX births_father ON births (father_number);

CREATE TABLE marriages (
  person_number TEXT PRIMARY KEY,
  spouse_name TEXT NOT NULL,
  married_on TEXT NOT NULL,
  married_in TEXT NOT NULL,
  register_number TEXT NOT NULL,
  synthetic INTEGER NOT NULL CHECK (synthetic = 1)
) STRICT;

CREATE TABLE residence (
  person_number TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  municipality TEXT NOT NULL,
  since TEXT NOT NULL,
  household_size INTEGER NOT NULL,
  synthetic INTEGER NOT NULL CHECK (synthetic = 1)
) STRICT;

CREATE TABLE income (
  person_number TEXT PRIMARY KEY,
  monthly_income_km INTEGER NOT NULL,
  household_members INTEGER NOT NULL,
  period TEXT NOT NULL,
  synthetic INTEGER NOT NULL CHECK (synthetic = 1)
) STRICT;

CREATE TABLE entitlements (
  person_number TEXT NOT NULL,
  entitled_to TEXT NOT NULL CHECK (entitled_to IN ('child-allowance', 'one-time-help', 'carers-allowance')),
  since TEXT NOT NULL,
  until TEXT,
  amount_km INTEGER NOT NULL,
  synthetic INTEGER NOT NULL CHECK (synthetic = 1)
) STRICT;
CREATE INDEX entitlements_person ON entitlements (person_number);

-- One extract per case, person and language, however often the question is repeated. The code is kept before
-- the seal is asked for, so that a register stopped in between goes on with it; until then there is no document.
CREATE TABLE extracts (
  case_code TEXT NOT NULL,
  person_number TEXT NOT NULL,
  language TEXT NOT NULL,
  code TEXT NOT NULL UNIQUE,
  issued_on TEXT NOT NULL,
  verify_url TEXT NOT NULL,
  document BLOB,
  PRIMARY KEY (case_code, person_number, language)
) STRICT;
