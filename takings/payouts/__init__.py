"""Payouts: who may be paid, how much, with what withheld; four eyes, one entry each, a bank file.

Ada has $405.00125 that may be paid out, $40.50 of it from viewers in the United States. She is a
resident of India with a form: 15 % of $40.50 is withheld.

    creator:1:payable → bank              398.92   whole cents, the only place of rounding
    creator:1:payable → tax:US:withheld     6.075
    stays in creator:1:payable              0.00625
"""
